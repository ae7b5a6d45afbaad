"""Databases of a test's own, beside the one that the whole run shares."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from scripts.local.postgresql import Cluster
from shared.api_keys.queries import create_organizer_key
from shared.db.engines import Database
from shared.db.lone_connection import LoneConnection
from shared.settings import Settings
from tests.support.application import migrate

# Made at the first use in a cluster: copying it takes a tenth of what migrating another one does.
_MIGRATED = "migrated"


@contextmanager
def fresh_database(cluster: Cluster, *, like: str = "template1") -> Iterator[str]:
    """Yield the address of a new database, empty or like another one; it is dropped afterwards."""
    name = f"fresh_{uuid4().hex[:12]}"
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
        try:
            yield cluster.url(name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated_database(cluster: Cluster) -> Iterator[str]:
    """Yield the address of a migrated database with nothing in it, which is dropped afterwards."""
    known = f"SELECT 1 FROM pg_database WHERE datname = '{_MIGRATED}'"
    if not run_sql(cluster.url("postgres"), known):
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_MIGRATED}".encode())
        migrate(cluster.url(_MIGRATED))
    with fresh_database(cluster, like=_MIGRATED) as url:
        yield url


def run_sql(database_url: str, sql: str) -> list[tuple[object, ...]]:
    """Run one statement in a transaction of its own; return its rows, if it has any."""
    with psycopg.connect(database_url) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


async def organizer_key_in(database_url: str, name: str = "Test organizer") -> str:
    """Return a new API key of the organizer of that name, in a database that is not the run's own."""
    settings = Settings(database_url=database_url)
    lone = LoneConnection(settings)
    database = Database(settings, lone=lone)
    try:
        async with AsyncSession(database.write) as session, session.begin():
            return await create_organizer_key(session, organizer_name=name, key_name="test")
    finally:
        await database.close()
        await lone.close()
