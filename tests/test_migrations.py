"""Migrations: up, down and up again; one process at a time; never in the users' way for long."""

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory

from migrations.__main__ import config, main
from migrations.limits import LOCK_TIMEOUT_MS, MIGRATION_LOCK
from migrations.tables import metadata
from scripts.local.postgresql import Cluster
from scripts.local.processes import wait_for
from shared.db.revision import SCHEMA_REVISION
from tests.support.application import ROOT
from tests.support.databases import fresh_database, run_sql
from tests.support.settings import changed_settings

SCRIPTS = ScriptDirectory.from_config(config())
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    with fresh_database(cluster) as address:
        yield address


def begin(url: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a migration command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "migrations", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(url: str, *arguments: str) -> tuple[int, str]:
    """Run a migration command; return its exit status and all it said."""
    process = begin(url, *arguments)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output + errors


def migrate(url: str, *arguments: str) -> None:
    """Run a migration command in this process, which saves the second that a process takes to start."""
    with changed_settings(database_url=url):
        main(list(arguments))


def schema(cluster: Cluster, url: str) -> str:
    """Return everything that the database is made of but Alembic's own table, as SQL."""
    options = ["--schema-only", "--exclude-table=alembic_version", "--restrict-key=x"]
    dumped = subprocess.run(
        [cluster.binaries / "pg_dump", *options, url], capture_output=True, text=True, check=True
    )
    lines = dumped.stdout.splitlines()
    return "\n".join(line for line in lines if line and not line.startswith(("--", "SET", "\\")))


def version(url: str) -> list[tuple[object, ...]]:
    return run_sql(url, "SELECT version_num FROM alembic_version")


def waiting_for(url: str, kind: str) -> int:
    """Return how many sessions in this database wait for a lock of this kind."""
    rows = run_sql(
        url,
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        f" WHERE datname = current_database() AND locktype = '{kind}' AND NOT granted",
    )
    return int(str(rows[0][0]))


def test_every_migration_goes_up_down_and_up_again(cluster: Cluster, url: str) -> None:
    for revision in REVISIONS:
        before = schema(cluster, url)
        migrate(url, "upgrade", revision)
        after = schema(cluster, url)
        assert after != before
        migrate(url, "downgrade", "-1")
        assert schema(cluster, url) == before
        migrate(url, "upgrade", revision)
        assert schema(cluster, url) == after
    assert version(url) == [(SCHEMA_REVISION,)]


def test_the_migrated_tables_are_those_that_the_code_maps_and_a_difference_is_noticed(
    url: str,
) -> None:
    migrate(url, "upgrade")
    migrate(url, "check")
    run_sql(url, "ALTER TABLE votes ALTER COLUMN ballot DROP NOT NULL")
    status, said = run(url, "check")
    assert status != 0
    assert "votes" in said


def test_the_sql_for_a_database_out_of_reach_makes_the_same_tables(
    cluster: Cluster, url: str
) -> None:
    status, sql = run("postgresql://nobody@127.0.0.1:1/nowhere", "upgrade", "head", "--sql")
    assert status == 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql[sql.index("BEGIN;") : sql.rindex("COMMIT;") + 7].encode())
    with fresh_database(cluster) as other:
        migrate(other, "upgrade")
        assert schema(cluster, url) == schema(cluster, other)


def test_upgrades_at_the_same_time_wait_for_each_other_and_all_succeed(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})".encode())
        processes = [begin(url, "upgrade") for _ in range(3)]
        assert wait_for(lambda: waiting_for(url, "advisory") == len(processes), timeout_s=30)
        assert run_sql(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    for process in processes:
        said = "".join(process.communicate(timeout=60))
        assert process.returncode == 0, said
    assert version(url) == [(SCHEMA_REVISION,)]


def test_a_lock_that_users_hold_stops_the_migration_and_not_the_users(
    cluster: Cluster, url: str
) -> None:
    migrate(url, "upgrade")
    before = schema(cluster, url)
    tables = ", ".join(metadata.tables)
    with psycopg.connect(url) as user:
        user.execute(f"LOCK TABLE {tables} IN ACCESS SHARE MODE".encode())  # as any SELECT does
        migration = begin(url, "downgrade", "-1")
        assert wait_for(lambda: waiting_for(url, "relation") == 1, timeout_s=30)
        started = time.monotonic()
        run_sql(url, f"LOCK TABLE {tables} IN ACCESS SHARE MODE")  # queues behind the migration
        assert time.monotonic() - started < LOCK_TIMEOUT_MS / 1000 + 2
        said = "".join(migration.communicate(timeout=60))
        assert migration.returncode != 0
        assert "canceling statement due to lock timeout" in said
    assert schema(cluster, url) == before
    assert version(url) == [(SCHEMA_REVISION,)]
    migrate(url, "downgrade", "-1")


def test_the_code_asks_for_the_newest_migration() -> None:
    assert SCRIPTS.get_heads() == [SCHEMA_REVISION]


def test_migrations_are_one_line_of_four_digit_numbers() -> None:
    # A process compares them as text, to tell whether the database is new enough for it.
    assert REVISIONS == [f"{number:04}" for number in range(1, len(REVISIONS) + 1)]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_migration_says_what_it_changes_and_is_named_after_its_number(revision: str) -> None:
    path = Path(SCRIPTS.get_revision(revision).path)
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert len(docstring) >= 20
    assert path.name.startswith(f"{revision}_")


def test_migrations_run_from_any_directory(tmp_path: Path, url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "migrations", "current"],
        cwd=tmp_path,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_without_a_command_the_program_says_how_it_is_called() -> None:
    status, said = run("postgresql://nobody@127.0.0.1:1/nowhere")
    assert status == 2
    assert "which command? For example: upgrade" in said
