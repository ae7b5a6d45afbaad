"""A transaction as one message to PostgreSQL and one back, on libpq's pipeline itself.

psycopg's own pipeline sends seven messages, and has a cursor for each statement and a generator around
each step: most of what a small batch of votes cost this process. docs/performance.md has the figures.
Source: PostgreSQL documentation, 32.5 Pipeline Mode.
"""

import asyncio
import itertools
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

Statement = tuple[str, Mapping[str, object]]

_FAILED = pq.ExecStatus.FATAL_ERROR
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# What each connection has prepared, and under which name; a name is never used twice.
_prepared: WeakKeyDictionary[psycopg.AsyncConnection, dict[str, bytes]] = WeakKeyDictionary()
_numbers = itertools.count()


async def run_in_one_flight(
    connection: psycopg.AsyncConnection, statements: Sequence[Statement]
) -> list[tuple[Any, ...]]:
    """Run the statements in one transaction, commit it, and return the last one's rows.

    The connection must be idle and in autocommit mode. It is idle again after an error of a statement,
    which is raised after the rollback; after any other error, or when cancelled, it is of no more use.
    """
    try:
        return await _fly(connection, statements)
    except errors.InvalidSqlStatementName:
        # psycopg, whose sessions use the connection too, forgets all that is prepared after a rollback.
        _prepared.pop(connection, None)
        return await _fly(connection, statements)


async def _fly(
    connection: psycopg.AsyncConnection, statements: Sequence[Statement]
) -> list[tuple[Any, ...]]:
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    fresh = _send(connection, statements)
    results = await _answers(pgconn, 1 + len(statements) + len(fresh) + 1)
    pgconn.exit_pipeline_mode()
    known = _prepared.setdefault(connection, {})
    for place, (statement, name) in fresh.items():
        # A prepared statement outlives the rollback.
        if results[place].status == pq.ExecStatus.COMMAND_OK:
            known[statement] = name
    for result in results:
        if result.status == _FAILED:
            await connection.rollback()
            raise errors.error_from_result(result, encoding="utf-8")
    rows = Transformer(connection)
    rows.set_pgresult(results[-2])
    return rows.load_rows(0, results[-2].ntuples, tuple)


def _send(
    connection: psycopg.AsyncConnection, statements: Sequence[Statement]
) -> dict[int, tuple[str, bytes]]:
    """Put everything into the connection's buffer; return which answers will tell of a preparation."""
    pgconn = connection.pgconn
    names = dict(_prepared.get(connection, {}))
    # A proxy that hands each transaction to another backend cannot keep prepared statements.
    may_prepare = connection.prepare_threshold is not None
    fresh: dict[int, tuple[str, bytes]] = {}
    pgconn.send_query_params(b"BEGIN", None)
    for place, (statement, parameters) in enumerate(statements, 1):
        query, order = _numbered(statement)
        values = [_text(parameters[name]) for name in order]
        if not may_prepare:
            pgconn.send_query_params(query, values)
            continue
        if statement not in names:
            names[statement] = b"ovation_%d" % next(_numbers)
            pgconn.send_prepare(names[statement], query)
            fresh[place + len(fresh)] = (statement, names[statement])
        pgconn.send_query_prepared(names[statement], values)
    pgconn.send_query_params(b"COMMIT", None)
    pgconn.pipeline_sync()
    return fresh


async def _answers(pgconn: pq.abc.PGconn, count: int) -> list[pq.abc.PGresult]:
    """Send what is buffered and return the results of so many commands, once the sync after them came.

    Raise `psycopg.OperationalError` when the connection ends before.
    """
    while pgconn.flush():
        await _ready(pgconn.socket, to_write=True)
        pgconn.consume_input()
    results: list[pq.abc.PGresult] = []
    while True:
        while pgconn.is_busy():
            await _ready(pgconn.socket)
            pgconn.consume_input()
        result = pgconn.get_result()
        if pgconn.status == pq.ConnStatus.BAD:
            raise _lost(result)
        # None stands behind the result of each command, but not behind the sync.
        if result is None:
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            assert len(results) == count
            return results
        results.append(result)


def _lost(result: pq.abc.PGresult | None) -> psycopg.Error:
    """Return the error of a connection that ended, as the server said it, or in our words."""
    if result is not None and result.status == _FAILED:
        return errors.error_from_result(result, encoding="utf-8")
    return psycopg.OperationalError("the connection ended before the answer came")


async def _ready(descriptor: int, *, to_write: bool = False) -> None:
    """Return when the socket has something to read, or room to write if asked, whichever comes first."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, wake)
    if to_write:
        loop.add_writer(descriptor, wake)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
        if to_write:
            loop.remove_writer(descriptor)


@lru_cache(maxsize=64)
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a statement in psycopg's style as PostgreSQL takes it, and which parameter is which."""
    order = tuple(dict.fromkeys(_PLACEHOLDER.findall(statement)))
    numbered = _PLACEHOLDER.sub(lambda found: f"${order.index(found[1]) + 1}", statement)
    return numbered.replace("%%", "%").encode(), order


def _text(value: object) -> bytes | None:
    return None if value is None else str(value).encode()
