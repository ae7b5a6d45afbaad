"""Where statements without a session get their connection: a server's pools, or a Lambda's only one."""

import os
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

import psycopg

from shared.db.lone_connection import LoneConnection
from shared.db.per_loop import PerLoop
from shared.settings import get_settings

# A batch of hot writes; a transaction that may wait for a lock; a statement that only reads.
Use = Literal["batch", "flight", "read"]


class Connections(Protocol):
    """Connections in autocommit mode, each for one user at a time."""

    def connection(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection]:
        """Lend one; one left broken or amid something is thrown away."""


lone_connections = PerLoop(lambda: LoneConnection(get_settings()))


def in_lambda() -> bool:
    """Tell whether this process is a Lambda's."""
    return bool(os.environ.get("AWS_LAMBDA_FUNCTION_NAME"))


def connections_for(use: Use) -> Connections:
    """Return the running loop's connections for a use."""
    if in_lambda():
        return lone_connections.get()
    # Imported here: a function whose statements need no session starts without SQLAlchemy.
    from shared.db.engines import get_database

    database = get_database()
    return {"batch": database.batches, "flight": database.flights, "read": database.reads}[use]
