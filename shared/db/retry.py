"""Which database errors mean "try again", and which mean "the database is away".

An error comes as SQLAlchemy's, around the driver's own, or from a pipeline as the driver's own.
"""

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

# The transaction was rolled back to let another one through: the same work will fit later.
_CONFLICTS = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)
_SHUTDOWNS = (pg.AdminShutdown, pg.CrashShutdown)

# Whatever may come out of the database.
DATABASE_ERRORS = (DBAPIError, psycopg.Error, PoolTimeout)


def _drivers(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def is_conflict(error: BaseException) -> bool:
    """Tell whether the same transaction may succeed when it is simply run again."""
    return isinstance(_drivers(error), _CONFLICTS)


def is_lost_connection(error: BaseException) -> bool:
    """Tell whether the connection broke, so that it is unknown whether a commit was made."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(_drivers(error), _SHUTDOWNS):
        return True
    # Within a pipeline, only the connection itself fails without a code from the server; one that
    # could not be opened is SQLAlchemy's error, and nothing was sent through it.
    return type(error) is psycopg.OperationalError and error.sqlstate is None


def is_unavailable(error: BaseException) -> bool:
    """Tell whether the database could not be used: away, restarting, overloaded or too slow."""
    if isinstance(error, PoolTimeout) or is_lost_connection(error):
        return True
    return isinstance(
        _drivers(error), (pg.OperationalError, pg.InterfaceError, pg.ReadOnlySqlTransaction)
    )
