"""How many statements PostgreSQL was sent, by its own count."""

from collections import Counter

from sqlalchemy import text

from tests.support.tables import query

_CALLS = """
    SELECT query, calls FROM statistics.pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND query NOT LIKE '%pg_stat_statements%'
"""


class Statements:
    """Counts what was sent between entering and leaving; `sent` holds each statement's calls."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()

    async def __aenter__(self) -> "Statements":
        from shared.db.engines import write_session

        async with write_session() as session:
            # In a schema of its own, where nothing that looks at the application's tables sees it.
            await session.execute(text("CREATE SCHEMA IF NOT EXISTS statistics"))
            await session.execute(
                text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA statistics")
            )
        self._before = await _calls()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.sent = await _calls() - self._before

    def naming(self, *words: str) -> int:
        """Return how often a statement was sent in which all the words stand."""
        return sum(
            calls
            for statement, calls in self.sent.items()
            if all(word in statement for word in words)
        )


async def _calls() -> Counter[str]:
    counted: Counter[str] = Counter()
    for statement, calls in await query(_CALLS):
        counted[statement] += calls
    return counted
