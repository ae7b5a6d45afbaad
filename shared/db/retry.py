"""Which database errors mean "try again", and which mean "the database is away".

They are the driver's own: sessions let none of SQLAlchemy's out.
"""

import psycopg
from psycopg import errors as pg

# The transaction was rolled back to let another one through: the same work will fit later.
_CONFLICTS = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)
_SHUTDOWNS = (pg.AdminShutdown, pg.CrashShutdown)

# Whatever may come out of the database.
DATABASE_ERRORS = (psycopg.Error,)


def is_conflict(error: BaseException) -> bool:
    """Tell whether the same transaction may succeed when it is simply run again."""
    return isinstance(error, _CONFLICTS)


def is_lost_connection(error: BaseException) -> bool:
    """Tell whether the connection broke, so that it is unknown whether a commit was made."""
    if isinstance(error, _SHUTDOWNS):
        return True
    # Only the connection itself fails without a code from the server; where none could be had, the
    # error is a `NoConnection`, and nothing was sent.
    return type(error) is psycopg.OperationalError and error.sqlstate is None


def is_unavailable(error: BaseException) -> bool:
    """Tell whether the database could not be used: away, restarting, overloaded or too slow."""
    return isinstance(error, (pg.OperationalError, pg.InterfaceError, pg.ReadOnlySqlTransaction))
