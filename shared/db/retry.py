"""Which database errors mean "try again", and which mean "the database is away"."""

from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

# The transaction was rolled back to let another one through: the same work will fit later.
_CONFLICTS = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)


def is_conflict(error: BaseException) -> bool:
    """Tell whether the same transaction may succeed when it is simply run again."""
    return isinstance(error, DBAPIError) and isinstance(error.orig, _CONFLICTS)


def is_lost_connection(error: BaseException) -> bool:
    """Tell whether the connection broke, so that it is unknown whether a commit was made."""
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated or isinstance(error.orig, pg.AdminShutdown)
    )


def is_unavailable(error: BaseException) -> bool:
    """Tell whether the database could not be used: away, restarting, overloaded or too slow."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return is_lost_connection(error) or isinstance(
        error.orig, (pg.OperationalError, pg.InterfaceError, pg.ReadOnlySqlTransaction)
    )
