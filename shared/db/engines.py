"""The engines of a process: one that writes, one for batches of hot writes, one that can only read.

They are made at first use and bound to the running event loop, so that a Lambda container, which
has no lifespan, and an ECS task share the code. In Lambda they are one pool of one connection, the
one that statements without a session have too.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NewType

import psycopg
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool, Pool

from shared.db.connecting import (
    connect,
    for_batches,
    for_exports,
    for_reading,
    for_writing,
)
from shared.db.connections import in_lambda, lone_connections
from shared.db.drivers_errors import drivers_errors
from shared.db.kept_connections import KeptConnections
from shared.db.lone_connection import LoneConnection
from shared.db.per_loop import PerLoop
from shared.settings import Settings, get_settings

# A session whose name says that it only reads: handlers that need no more ask for no more.
AsyncReadSession = NewType("AsyncReadSession", AsyncSession)

_POOL_WAIT_S = 5.0
# Two lanes of two kinds of hot write: batches are short, so few connections carry many.
_BATCHES_AT_MOST = 4
# Long beside a batch, short beside the patience of whoever waits for a connection.
_BATCHES_KEEP_S = 0.1


class Database:
    """The engines of one event loop; with a `lone` connection all of them share that one."""

    def __init__(self, settings: Settings, *, lone: LoneConnection | None = None) -> None:
        # Half of what may write is for batches alone: those who wait for a lock never hold it up.
        size = settings.database_pool_size
        for_hot = max(1, min(_BATCHES_AT_MOST, size // 2))
        if lone is not None:
            # One connection for all: its reads still run without BEGIN and ROLLBACK.
            self.write = batches = reader = _engine(lone.lend, pool_size=1)
        else:
            writing = partial(connect, settings, for_writing(settings))
            self.write = _engine(writing, pool_size=max(1, size - for_hot))
            batches = _engine(partial(connect, settings, for_batches(settings)), pool_size=for_hot)
            reader = _engine(partial(connect, settings, for_reading(settings)), pool_size=size)
        self._pooled = {self.write, batches, reader}
        # Nothing runs in a Lambda between two invocations, and reads need its one connection.
        keep_s = 0 if lone else _BATCHES_KEEP_S
        self.batches = KeptConnections(_in_autocommit(batches), keep_s=keep_s)
        self.flights = KeptConnections(_in_autocommit(self.write), keep_s=keep_s)
        self.read = _in_autocommit(reader)
        # Back in the pool at once: sessions read with the same connections.
        self.reads = KeptConnections(self.read, keep_s=0)
        self.snapshot = reader.execution_options(isolation_level="REPEATABLE READ")
        # Whoever reads for minutes has a connection of its own: the pools are for milliseconds.
        long = _engine(partial(connect, settings, for_exports(settings)), pool_size=None)
        self.long_snapshot = long.execution_options(isolation_level="REPEATABLE READ")

    @property
    def pools(self) -> Sequence[Pool]:
        """The pools that requests take connections from."""
        return [engine.sync_engine.pool for engine in self._pooled]

    async def close(self) -> None:
        """Close every pooled connection."""
        for kept in (self.batches, self.flights, self.reads):
            await kept.close()
        for engine in self._pooled:
            await engine.dispose()


def _in_autocommit(engine: AsyncEngine) -> AsyncEngine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _engine(
    opens: Callable[[], Awaitable[psycopg.AsyncConnection]], *, pool_size: int | None
) -> AsyncEngine:
    """Return an engine of connections that `opens` makes, with a pool of that size or none."""
    pool: dict[str, Any] = {"poolclass": NullPool}
    if pool_size is not None:
        pool = {
            "pool_pre_ping": True,
            "pool_size": pool_size,
            "max_overflow": 0,
            "pool_timeout": _POOL_WAIT_S,
            # Few connections with all that is prepared on them, instead of many that take turns.
            "pool_use_lifo": True,
        }
    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=opens,
        **pool,
        # Never show parameters: they hold what people wrote.
        hide_parameters=True,
        skip_autocommit_rollback=True,
        use_native_hstore=False,
    )


def _open_database() -> Database:
    return Database(get_settings(), lone=lone_connections.get() if in_lambda() else None)


_databases = PerLoop(_open_database)


def get_database() -> Database:
    """Return the engines of the running loop, made at the first call."""
    return _databases.get()


async def close_database() -> None:
    """Close the connections of the running loop, if it has any."""
    database = _databases.pop()
    if database is not None:
        await database.close()
    lone = lone_connections.pop()
    if lone is not None:
        await lone.close()


@asynccontextmanager
async def read_session() -> AsyncIterator[AsyncReadSession]:
    """Yield a session in which each statement sees the newest commit and nothing can be written."""
    with drivers_errors():
        async with AsyncSession(get_database().read, autoflush=False) as session:
            yield AsyncReadSession(session)


@asynccontextmanager
async def snapshot_session() -> AsyncIterator[AsyncReadSession]:
    """Yield a session in which all statements see the same commits and nothing can be written."""
    with drivers_errors():
        async with AsyncSession(get_database().snapshot, autoflush=False) as session:
            yield AsyncReadSession(session)


@asynccontextmanager
async def write_session() -> AsyncIterator[AsyncSession]:
    """Yield a session in one transaction: committed at the end, rolled back on any error."""
    with drivers_errors():
        async with AsyncSession(get_database().write, expire_on_commit=False) as session:
            async with session.begin():
                yield session
