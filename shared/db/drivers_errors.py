"""One kind of error for whatever the database refuses, with a session or without one: the driver's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

from shared.db.connecting import NoConnection


@contextmanager
def drivers_errors() -> Iterator[None]:
    """Let no error of SQLAlchemy out that has one of the driver's in it, or is for want of a connection."""
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error.orig, psycopg.Error):
            raise
        # With the way that it took through our statements.
        raise error.orig.with_traceback(error.__traceback__) from None
    except PoolTimeout as error:
        raise NoConnection("all connections are in use") from error
