"""The two engines of a process: one that writes, one that can only read.

Both are made at first use and bound to the running event loop, so that a Lambda container, which
has no lifespan, and an ECS task share the code. In Lambda they are one pool of one connection.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NewType

import psycopg
from psycopg import errors as pg
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool
from sqlalchemy.util import await_only

from shared.db.kept_connections import KeptConnections
from shared.db.per_loop import PerLoop
from shared.secrets import connection_url, database_password
from shared.settings import Settings, get_settings

# A session whose name says that it only reads: handlers that need no more ask for no more.
AsyncReadSession = NewType("AsyncReadSession", AsyncSession)

_POOL_WAIT_S = 5.0
# Long beside a batch, short beside the patience of whoever waits for a connection.
_BATCHES_KEEP_S = 0.1
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
        self.write = _engine(settings, in_lambda=in_lambda, read_only=False)
        self.batches = KeptConnections(
            self.write.execution_options(isolation_level="AUTOCOMMIT"),
            # Nothing runs in a Lambda between two invocations, and reads need its one connection.
            keep_s=0 if in_lambda else _BATCHES_KEEP_S,
        )
        # A Lambda has one connection for both: its reads still run without BEGIN and ROLLBACK.
        reader = self.write if in_lambda else _engine(settings, in_lambda=False, read_only=True)
        self._reader = reader
        self.read = reader.execution_options(isolation_level="AUTOCOMMIT")
        self.snapshot = reader.execution_options(isolation_level="REPEATABLE READ")
        self._long = _engine(settings, in_lambda=in_lambda, read_only=True, is_long=True)
        self.long_snapshot = self._long.execution_options(isolation_level="REPEATABLE READ")

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.batches.close()
        await self.write.dispose()
        if self._reader is not self.write:
            await self._reader.dispose()


def _engine(
    settings: Settings, *, in_lambda: bool, read_only: bool, is_long: bool = False
) -> AsyncEngine:
    connect_args: dict[str, Any] = dict(CONNECTION_LIMITS)
    if settings.database_proxy:
        # RDS Proxy pins a connection that prepares statements or sets session values; the
        # database role carries the timeouts there.
        connect_args["prepare_threshold"] = None
    else:
        values = _long_values(settings) if is_long else _session_values(settings, read_only)
        connect_args["options"] = " ".join(f"-c {name}={value}" for name, value in values.items())
    # Whoever reads for minutes has a connection of its own: the pool is for requests of milliseconds.
    pool: dict[str, Any] = {"poolclass": NullPool}
    if not is_long:
        pool = {
            "pool_pre_ping": True,
            "pool_size": 1 if in_lambda else settings.database_pool_size,
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


def _session_values(settings: Settings, read_only: bool) -> dict[str, object]:
    values: dict[str, object] = {
        "statement_timeout": settings.database_statement_timeout_ms,
        "lock_timeout": settings.database_lock_timeout_ms,
        "idle_in_transaction_session_timeout": 4 * settings.database_statement_timeout_ms,
        "timezone": "UTC",
        # Requests look rows up by keys; a plan made while a table was empty must not read the whole later.
        "enable_seqscan": "off",
        "application_name": "ovation-read" if read_only else "ovation-write",
    }
    if read_only:
        values["default_transaction_read_only"] = "on"
    return values


def _long_values(settings: Settings) -> dict[str, object]:
    # The one limit is on the whole, in which the client may be as slow as it likes.
    return {
        **_session_values(settings, read_only=True),
        "statement_timeout": 0,
        "idle_in_transaction_session_timeout": 0,
        "transaction_timeout": f"{settings.export_timeout_s}s",
        "application_name": "ovation-export",
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
