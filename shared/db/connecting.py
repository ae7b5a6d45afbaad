"""How a connection to PostgreSQL is opened: by the pools of a server, and for the only one of a Lambda."""

from collections.abc import Mapping
from typing import Any

import psycopg

from shared.secrets import database_address, database_password
from shared.settings import Settings

# What a session has set from its start.
SessionValues = Mapping[str, object]

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


class NoConnection(psycopg.OperationalError):
    """There was no connection to be had, so nothing was sent: the database is away, or a pool is empty."""


def for_writing(settings: Settings) -> SessionValues:
    """Return the session of what changes things."""
    return _values(settings, "ovation-write") | _BY_KEYS


def for_batches(settings: Settings) -> SessionValues:
    """Return the session of batches of hot writes, and of all that a Lambda does."""
    return _values(settings, "ovation-batch") | _BY_KEYS | _JOINS_BY_KEYS


def for_reading(settings: Settings) -> SessionValues:
    """Return the session of what only reads."""
    return _values(settings, "ovation-read") | _READ_ONLY | _BY_KEYS


def for_exports(settings: Settings) -> SessionValues:
    """Return the session of what reads for minutes."""
    # The one limit is on the whole, in which the client may be as slow as it likes.
    return (
        _values(settings, "ovation-export")
        | _READ_ONLY
        | {
            "statement_timeout": 0,
            "idle_in_transaction_session_timeout": 0,
            "transaction_timeout": f"{settings.export_timeout_s}s",
        }
    )


_READ_ONLY = {"default_transaction_read_only": "on"}


def _values(settings: Settings, name: str) -> dict[str, object]:
    return {
        "statement_timeout": settings.database_statement_timeout_ms,
        "lock_timeout": settings.database_lock_timeout_ms,
        "idle_in_transaction_session_timeout": 4 * settings.database_statement_timeout_ms,
        "timezone": "UTC",
        "application_name": name,
    }


async def connect(settings: Settings, values: SessionValues) -> psycopg.AsyncConnection:
    """Log in with the secret's password; after a rotation, fetch it once more and try again.

    Raise `NoConnection` when the database lets nobody in.
    """
    password = await database_password()
    try:
        try:
            return await _log_in(settings, values, password)
        except psycopg.OperationalError as refused:
            if password is None or not is_authentication_failure(refused):
                raise
        return await _log_in(settings, values, await database_password(rejected=password))
    except psycopg.OperationalError as refused:
        raise NoConnection(str(refused)) from refused


async def _log_in(
    settings: Settings, values: SessionValues, password: str | None
) -> psycopg.AsyncConnection:
    address = database_address(settings)
    if password is not None:
        address = address.with_password(password)
    parameters: dict[str, Any] = {**address.parts, **CONNECTION_LIMITS}
    # RDS Proxy pins a connection that prepares statements or sets session values; the database role
    # carries the timeouts there.
    if settings.database_proxy:
        return await psycopg.AsyncConnection.connect(prepare_threshold=None, **parameters)
    parameters["options"] = " ".join(f"-c {name}={value}" for name, value in values.items())
    return await psycopg.AsyncConnection.connect(**parameters)


def is_authentication_failure(refused: psycopg.Error) -> bool:
    """Tell whether the database, or RDS Proxy before it, did not take the password."""
    # While connecting, psycopg has no SQLSTATE to give: the message is all there is, and that of RDS
    # Proxy is its own.
    said = str(refused)
    return "password authentication failed" in said or "password that was provided" in said
