"""Statements without a session: a transaction, or a reading, in one round trip.

SQLAlchemy has no pipeline mode, and waits for an answer five times per transaction (ping, BEGIN, two
statements, COMMIT). psycopg's pipeline sends all of it at once. Each statement still takes its own
snapshot when its turn comes, so one that waits in a gate lets the next one see what it waited for.

What all of an audience calls is written so: it also spares a function the loading of SQLAlchemy and the
tables, which whoever meets a cold start waits for (docs/performance.md).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from shared.db.connections import connections_for
from shared.db.one_flight import run_in_one_flight

# SQL with its parameters as `:name`, as in SQLAlchemy's `text()`.
Statement = tuple[str, Mapping[str, object]]
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)(?!:)")


async def transact(
    statements: Sequence[Statement], *, is_batch: bool = True
) -> list[tuple[Any, ...]]:
    """Run the statements in one transaction, commit it, and return the last one's rows.

    One that is no batch, and may wait for a lock, takes none of the connections that batches have.
    Raise psycopg's own error, after the rollback, when one of them fails.
    """
    compiled = [(_in_psycopg_style(statement), parameters) for statement, parameters in statements]
    async with connections_for("batch" if is_batch else "flight").connection() as connection:
        return await run_in_one_flight(connection, compiled)


async def read(statement: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that writes nothing, and sees the newest commit."""
    compiled = [(_in_psycopg_style(statement), parameters)]
    async with connections_for("read").connection() as connection:
        return await run_in_one_flight(connection, compiled)


@lru_cache(maxsize=64)
def _in_psycopg_style(statement: str) -> str:
    return _PARAMETER.sub(r"%(\1)s", statement.replace("%", "%%"))


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


def bytea_literal(value: bytes) -> str:
    """Return PostgreSQL's text form of bytes, to be cast where it is used."""
    return "\\x" + value.hex()
