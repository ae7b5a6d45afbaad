"""One transaction in one round trip: how a batch of hot writes reaches PostgreSQL.

SQLAlchemy has no pipeline mode, and waits for an answer five times per transaction (ping, BEGIN, two
statements, COMMIT). psycopg's pipeline sends all of it at once. Each statement still takes its own
snapshot when its turn comes, so one that waits in a gate lets the next one see what it waited for.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause

from shared.db.engines import get_database
from shared.db.one_flight import run_in_one_flight

Statement = tuple[TextClause, Mapping[str, object]]


async def transact(
    statements: Sequence[Statement], *, is_batch: bool = True
) -> list[tuple[Any, ...]]:
    """Run the statements in one transaction, commit it, and return the last one's rows.

    One that is no batch, and may wait for a lock, takes none of the connections that batches have.
    Raise psycopg's own error, after the rollback, when one of them fails.
    """
    compiled = [(_in_psycopg_style(statement), parameters) for statement, parameters in statements]
    database = get_database()
    connections = database.batches if is_batch else database.flights
    async with connections.connection() as connection:
        return await run_in_one_flight(connection, compiled)


@lru_cache(maxsize=64)
def _in_psycopg_style(statement: TextClause) -> str:
    return str(statement.compile(dialect=get_database().write.dialect))


def array_literal(values: Sequence[object | None]) -> str:
    """Return PostgreSQL's text form of a one-dimensional array, to be cast where it is used.

    psycopg adapts a list element by element in Python, which a batch of hundreds feels.
    Source: PostgreSQL documentation, 8.15.6 Array Input and Output Syntax.
    """
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _element(value: object | None) -> str:
    if isinstance(value, UUID):
        # PostgreSQL needs neither hyphens nor quotes; half of what is sent are ids.
        return value.hex
    if value is None:
        return "NULL"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
