"""The database that the server uses: made in our own PostgreSQL, or somebody else's that answers."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from scripts.local.failures import StartFailed
from scripts.local.logs import last_lines
from scripts.local.options import ROOT
from scripts.local.postgresql import Cluster

NAME = "ovation"


def prepare_database(cluster: Cluster, password: str) -> str:
    """Make role, database and extension where they are missing; return the database's address.

    The role owns the database, and may read and reset the statement statistics of all. Raise
    `StartFailed` when PostgreSQL refuses, for example because its password file was lost.
    """
    try:
        _prepare(cluster, password)
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise StartFailed(f"the database cannot be prepared: {reason}") from None
    return cluster.url(NAME, role=NAME, password=password)


def _prepare(cluster: Cluster, password: str) -> None:
    role = sql.Identifier(NAME)
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone()
        verb = sql.SQL("ALTER" if exists else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, sql.Literal(password))
        )
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if not found.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
    with psycopg.connect(cluster.url(NAME)) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        connection.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(role))
        connection.execute(
            sql.SQL("GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO {}").format(role)
        )


def check_database(url: str) -> None:
    """Raise `StartFailed` unless the database at this address answers and lets us in."""
    try:
        psycopg.connect(
            url.replace("postgresql+psycopg://", "postgresql://", 1), connect_timeout=5
        ).close()
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise StartFailed(f"the database of DATABASE_URL cannot be used: {reason}") from None


def migrate(environment: Mapping[str, str], log: Path) -> None:
    """Bring the database to the newest migration; raise `StartFailed` when that fails."""
    with open(log, "ab") as output:
        done = subprocess.run(
            [sys.executable, "-m", "migrations", "upgrade"],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    if done.returncode != 0:
        raise StartFailed(f"the migration failed: {last_lines(log, 1)} (see {log})")
