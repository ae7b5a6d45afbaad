"""Database errors as they come out of sessions and pipelines, for code that decides by their kind."""

import psycopg
from psycopg import errors as pg

from shared.db.connecting import NoConnection


def deadlock() -> psycopg.Error:
    """Return the error of a transaction that was rolled back to let another one through."""
    return pg.DeadlockDetected("deadlock detected")


def lost_connection() -> psycopg.Error:
    """Return the error of a connection that broke: a commit may or may not have been made."""
    return psycopg.OperationalError("server closed the connection unexpectedly")


def refused_connection() -> psycopg.Error:
    """Return the error of a database that cannot be reached, or of a pool that is empty."""
    return NoConnection("connection refused")


def refused_row() -> psycopg.Error:
    """Return the error of a row that breaks a constraint."""
    return pg.CheckViolation("violates check constraint")
