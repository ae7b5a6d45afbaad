"""The engines of a process: one that writes, one for batches of hot writes, one that can only read.

They are made at first use and bound to the running event loop, so that a Lambda container, which
has no lifespan, and an ECS task share the code. In Lambda they are one pool of one connection.
"""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NewType

import psycopg
from psycopg import errors as pg
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, Pool
from sqlalchemy.util import await_only

from shared.db.kept_connections import KeptConnections
from shared.db.per_loop import PerLoop
from shared.secrets import connection_url, database_password
from shared.settings import Settings, get_settings

# A session whose name says that it only reads: handlers that need no more ask for no more.
AsyncReadSession = NewType("AsyncReadSession", AsyncSession)

_POOL_WAIT_S = 5.0
# Two lanes of two kinds of hot write: batches are short, so few connections carry many.
_BATCHES_AT_MOST = 4
# Long beside a batch, short beside the patience of whoever waits for a connection.
_BATCHES_KEEP_S = 0.1
# A statement that is prepared keeps a plan, and the first requests of an event make it while the tables are
# nearly empty: then reading the whole of one is the cheapest way to a row, and later each request reads
# millions. Every row that a request touches is one whose key it has, so that is the way it goes, always.
_BY_KEYS = {"enable_seqscan": "off"}
# So does all that a batch joins; other transactions may do much at once (a quiz's ranking, an erasure).
_JOINS_BY_KEYS = {f"enable_{join}": "off" for join in ("hashjoin", "mergejoin", "material")}
# A database host that vanishes without a word (a failover) is noticed in seconds: by data that it
# does not acknowledge, and by probes while an answer is awaited. The system's own limit is hours.
CONNECTION_LIMITS: Mapping[str, int] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 5_000,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}


class Database:
    """The engines of one event loop."""

    def __init__(self, settings: Settings, *, in_lambda: bool) -> None:
        # Half of what may write is for batches alone: those who wait for a lock never hold it up.
        for_batches = max(1, min(_BATCHES_AT_MOST, settings.database_pool_size // 2))
        for_others = max(1, settings.database_pool_size - for_batches)
        writing = _session_values(settings, "ovation-write") | _BY_KEYS
        batching = writing | {"application_name": "ovation-batch"} | _JOINS_BY_KEYS
        reading = _session_values(settings, "ovation-read", read_only=True) | _BY_KEYS
        exporting = _long_values(settings)
        if in_lambda:
            # One connection for all: its reads still run without BEGIN and ROLLBACK.
            self.write = batches = reader = _engine(settings, batching, pool_size=1)
        else:
            self.write = _engine(settings, writing, pool_size=for_others)
            batches = _engine(settings, batching, pool_size=for_batches)
            reader = _engine(settings, reading, pool_size=settings.database_pool_size)
        self._pooled = {self.write, batches, reader}
        # Nothing runs in a Lambda between two invocations, and reads need its one connection.
        keep_s = 0 if in_lambda else _BATCHES_KEEP_S
        self.batches = KeptConnections(_in_autocommit(batches), keep_s=keep_s)
        self.flights = KeptConnections(_in_autocommit(self.write), keep_s=keep_s)
        self.read = _in_autocommit(reader)
        self.snapshot = reader.execution_options(isolation_level="REPEATABLE READ")
        # Whoever reads for minutes has a connection of its own: the pools are for milliseconds.
        long = _engine(settings, exporting, pool_size=None)
        self.long_snapshot = long.execution_options(isolation_level="REPEATABLE READ")

    @property
    def pools(self) -> Sequence[Pool]:
        """The pools that requests take connections from."""
        return [engine.sync_engine.pool for engine in self._pooled]

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.batches.close()
        await self.flights.close()
        for engine in self._pooled:
            await engine.dispose()


def _in_autocommit(engine: AsyncEngine) -> AsyncEngine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _engine(
    settings: Settings, values: Mapping[str, object], *, pool_size: int | None
) -> AsyncEngine:
    """Return an engine whose sessions have these values, with a pool of that size or none."""
    connect_args: dict[str, Any] = dict(CONNECTION_LIMITS)
    if settings.database_proxy:
        # RDS Proxy pins a connection that prepares statements or sets session values; the
        # database role carries the timeouts there.
        connect_args["prepare_threshold"] = None
    else:
        connect_args["options"] = " ".join(f"-c {name}={value}" for name, value in values.items())
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
    engine = create_async_engine(
        connection_url(settings),
        connect_args=connect_args,
        **pool,
        # Never show parameters: they hold what people wrote.
        hide_parameters=True,
        skip_autocommit_rollback=True,
        use_native_hstore=False,
    )
    event.listen(engine.sync_engine, "do_connect", _connect_with_current_password)
    return engine


def _session_values(settings: Settings, name: str, *, read_only: bool = False) -> dict[str, object]:
    values: dict[str, object] = {
        "statement_timeout": settings.database_statement_timeout_ms,
        "lock_timeout": settings.database_lock_timeout_ms,
        "idle_in_transaction_session_timeout": 4 * settings.database_statement_timeout_ms,
        "timezone": "UTC",
        "application_name": name,
    }
    if read_only:
        values["default_transaction_read_only"] = "on"
    return values


def _long_values(settings: Settings) -> dict[str, object]:
    # The one limit is on the whole, in which the client may be as slow as it likes.
    return {
        **_session_values(settings, "ovation-export", read_only=True),
        "statement_timeout": 0,
        "idle_in_transaction_session_timeout": 0,
        "transaction_timeout": f"{settings.export_timeout_s}s",
    }


def _connect_with_current_password(
    dialect: Dialect,
    connection_record: ConnectionPoolEntry,
    cargs: tuple[Any, ...],
    cparams: dict[str, Any],
) -> DBAPIConnection | None:
    """Log in with the secret's password; after a rotation, fetch it once more and try again."""
    password = await_only(database_password())
    if password is None:
        return None
    cparams["password"] = password
    try:
        return dialect.connect(*cargs, **cparams)
    except (pg.InvalidPassword, psycopg.OperationalError) as refused:
        if not _is_authentication_failure(refused):
            raise
    cparams["password"] = await_only(database_password(rejected=password))
    return dialect.connect(*cargs, **cparams)


def _is_authentication_failure(refused: psycopg.Error) -> bool:
    # While connecting, psycopg has no SQLSTATE to give: the message is all there is, and that of RDS
    # Proxy is its own.
    said = str(refused)
    return "password authentication failed" in said or "password that was provided" in said


def _open_database() -> Database:
    in_lambda = bool(os.environ.get("AWS_LAMBDA_FUNCTION_NAME"))
    return Database(get_settings(), in_lambda=in_lambda)


_databases = PerLoop(_open_database)


def get_database() -> Database:
    """Return the engines of the running loop, made at the first call."""
    return _databases.get()


async def close_database() -> None:
    """Close the engines of the running loop, if it has any."""
    database = _databases.pop()
    if database is not None:
        await database.close()


@asynccontextmanager
async def read_session() -> AsyncIterator[AsyncReadSession]:
    """Yield a session in which each statement sees the newest commit and nothing can be written."""
    async with AsyncSession(get_database().read, autoflush=False) as session:
        yield AsyncReadSession(session)


@asynccontextmanager
async def snapshot_session() -> AsyncIterator[AsyncReadSession]:
    """Yield a session in which all statements see the same commits and nothing can be written."""
    async with AsyncSession(get_database().snapshot, autoflush=False) as session:
        yield AsyncReadSession(session)


@asynccontextmanager
async def write_session() -> AsyncIterator[AsyncSession]:
    """Yield a session in one transaction: committed at the end, rolled back on any error."""
    async with AsyncSession(get_database().write, expire_on_commit=False) as session:
        async with session.begin():
            yield session
