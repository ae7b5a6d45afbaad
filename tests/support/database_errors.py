"""Database errors as SQLAlchemy raises them, for code that decides by their kind."""

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError

_STATEMENT = "INSERT INTO votes"


def deadlock() -> DBAPIError:
    """Return the error of a transaction that was rolled back to let another one through."""
    return DBAPIError(_STATEMENT, {}, pg.DeadlockDetected("deadlock detected"))


def lost_connection() -> DBAPIError:
    """Return the error of a connection that broke: a commit may or may not have been made."""
    broken = psycopg.OperationalError("server closed the connection unexpectedly")
    return DBAPIError(_STATEMENT, {}, broken, connection_invalidated=True)


def refused_connection() -> DBAPIError:
    """Return the error of a database that cannot be reached."""
    return DBAPIError(_STATEMENT, {}, psycopg.OperationalError("connection refused"))


def refused_row() -> DBAPIError:
    """Return the error of a row that breaks a constraint."""
    return DBAPIError(_STATEMENT, {}, pg.CheckViolation("violates check constraint"))
