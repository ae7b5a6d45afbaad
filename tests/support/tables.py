"""Looking at the tables behind the API."""

from typing import Any

from sqlalchemy import LargeBinary, text

from migrations.tables import metadata


async def query(sql: str, **parameters: object) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that only reads."""
    from shared.db.engines import read_session

    async with read_session() as session:
        return [tuple(row) for row in await session.execute(text(sql), parameters)]


async def fingerprint() -> dict[str, tuple[int, int]]:
    """Return for each table a value that changes with every insert, update and delete in it."""
    names = list(metadata.tables)
    counts = " UNION ALL ".join(
        f"SELECT '{name}', count(*), coalesce(sum(xmin::text::bigint), 0) FROM {name}"
        for name in names
    )
    return {name: (count, int(versions)) for name, count, versions in await query(counts)}


async def tables_that_mention(*words: str) -> dict[str, list[str]]:
    """Return which of the words stand in any column of which tables; bytes are searched as text."""
    found = {}
    for name, table in metadata.tables.items():
        rows = " || ' ' || ".join(
            (
                f"coalesce(encode({column.name}, 'escape'), '')"
                if isinstance(column.type, LargeBinary)
                else f"coalesce({column.name}::text, '')"
            )
            for column in table.columns
        )
        sql = f"SELECT 1 FROM {name} WHERE position(:word IN {rows}) > 0 LIMIT 1"
        hits = [word for word in words if await query(sql, word=word)]
        if hits:
            found[name] = hits
    return found
