"""The PostgreSQL server of a local deployment: whatever was killed, it starts again with its data."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from scripts.local import accounts, binaries, initialise
from scripts.local.failures import PortTaken, StartFailed
from scripts.local.leftovers import clear_leftovers
from scripts.local.postgresql import Cluster, start_cluster
from scripts.local.processes import postgres_processes, send, wait_for

FAST = {"fsync": "off", "full_page_writes": "off"}
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def rows(cluster: Cluster, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Cluster]:
    started = start_cluster(tmp_path, settings=FAST)
    rows(started, "create table kept as select 42 as answer")
    yield started
    if started.is_running():
        started.stop("immediate")


def test_the_server_loads_pg_stat_statements_and_is_durable_unless_told_otherwise(
    tmp_path: Path,
) -> None:
    cluster = start_cluster(tmp_path)
    try:
        rows(cluster, "create extension pg_stat_statements")
        assert rows(cluster, "select count(*) > 0 from pg_stat_statements") == [(True,)]
        assert rows(cluster, "select current_setting('fsync')") == [("on",)]
        assert rows(cluster, "select current_setting('synchronous_commit')") == [("on",)]
        assert rows(cluster, "select current_setting('max_connections')") == [("200",)]
    finally:
        cluster.stop()


def test_a_wrong_password_is_refused_and_the_right_one_is_kept_for_the_owner_only(
    server: Cluster,
) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url(password="wrong"))
    kept = server.directory.with_name("postgresql.password")
    assert kept.read_text().strip() == server.password
    assert kept.stat().st_mode & 0o777 == 0o600
    assert server.password not in repr(server)


def test_after_kill_9_of_every_process_the_data_and_the_port_are_the_same(server: Cluster) -> None:
    port = server.port
    server.kill()
    assert not server.is_running()
    assert postgres_processes(server.directory, server.account) == set()
    server.start()
    assert server.port == port
    assert rows(server, "select answer from kept") == [(42,)]


def test_backends_that_outlive_a_killed_server_are_ended_before_the_next_one(
    server: Cluster,
) -> None:
    assert server.process is not None
    everyone = postgres_processes(server.directory, server.account)
    orphans = everyone - {server.process.pid}
    assert len(orphans) >= 3
    send(orphans, signal.SIGSTOP)  # a stopped process cannot notice that its server died
    server.process.kill()
    server.process.wait()
    assert orphans <= postgres_processes(server.directory, server.account)
    server.start()
    assert rows(server, "select answer from kept") == [(42,)]
    assert not orphans & postgres_processes(server.directory, server.account)


def test_a_server_that_was_left_running_is_replaced_on_the_same_port_with_its_data(
    server: Cluster, tmp_path: Path
) -> None:
    assert server.process is not None
    again = start_cluster(tmp_path, settings=FAST)
    try:
        assert server.process.wait(10) == 0
        assert again.port == server.port
        assert rows(again, "select answer from kept") == [(42,)]
    finally:
        again.stop("immediate")


def test_a_lock_file_with_the_process_id_of_a_stranger_does_not_stop_the_server(
    server: Cluster,
) -> None:
    lock = server.directory / "postmaster.pid"
    lines = lock.read_text().splitlines()
    server.kill()
    stranger = subprocess.Popen(
        ["cat"],
        stdin=subprocess.PIPE,
        # PostgreSQL takes only a process of its own user for a rival.
        user=server.account.uid if server.account else None,
        cwd="/",
    )
    try:
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        server.start()
        assert rows(server, "select answer from kept") == [(42,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.communicate()


def test_a_taken_port_is_reported_on_a_restart_and_avoided_on_a_new_start(
    server: Cluster, tmp_path: Path
) -> None:
    server.stop()
    with socket.create_server(("127.0.0.1", server.port)):
        with pytest.raises(PortTaken, match=str(server.port)):
            server.start()
        moved = start_cluster(tmp_path, settings=FAST)
    try:
        assert moved.port != server.port
        assert rows(moved, "select answer from kept") == [(42,)]
    finally:
        moved.stop("immediate")
    assert (tmp_path / "postgresql.port").read_text().strip() == str(moved.port)


def test_a_data_directory_of_another_major_version_is_refused_in_one_line(tmp_path: Path) -> None:
    directory = tmp_path / "postgresql"
    (directory / "global").mkdir(parents=True)
    (directory / "global" / "pg_control").write_bytes(b"")
    (directory / "PG_VERSION").write_text("15\n")
    with pytest.raises(StartFailed, match="PostgreSQL 15") as refused:
        start_cluster(tmp_path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("broken", ["PG_VERSION", "global/pg_control"])
def test_a_damaged_data_directory_is_refused_and_left_as_it_is(
    server: Cluster, tmp_path: Path, broken: str
) -> None:
    server.stop()
    (server.directory / broken).unlink()
    before = sorted(path for path in server.directory.rglob("*"))
    with pytest.raises(StartFailed, match="damaged"):
        start_cluster(tmp_path)
    assert sorted(path for path in server.directory.rglob("*")) == before


def test_a_damaged_control_file_is_reported_in_the_words_of_postgresql(
    server: Cluster, tmp_path: Path
) -> None:
    server.stop()
    (server.directory / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(StartFailed, match="FATAL|PANIC") as refused:
        start_cluster(tmp_path)
    assert "\n" not in str(refused.value)
    assert postgres_processes(server.directory, server.account) == set()


def test_an_interrupted_initdb_is_done_again(tmp_path: Path) -> None:
    draft = tmp_path / "postgresql.new"
    (draft / "global").mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    cluster = start_cluster(tmp_path, settings=FAST)
    try:
        assert rows(cluster, "select 1") == [(1,)]
        assert not draft.exists()
    finally:
        cluster.stop("immediate")


def test_the_server_stops_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from scripts.local.postgresql import start_cluster\n"
        f"start_cluster(Path({str(tmp_path)!r}), settings={FAST!r}); print('up', flush=True)\n"
        "time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    with owner.stdout:
        assert owner.stdout.readline() == b"up\n"
        directory = tmp_path / "postgresql"
        account = accounts.unprivileged_account(directory)
        assert postgres_processes(directory, account)
        owner.kill()
        owner.wait()
    assert wait_for(lambda: not postgres_processes(directory, account), timeout_s=10)
    clear_leftovers(directory, account)


@needs_root
def test_root_runs_the_server_as_another_user_below_directories_closed_to_that_user(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    modes = {path: path.stat().st_mode for path in [home, *home.parents]}
    account = accounts.unprivileged_account(home / "deployment" / "postgresql")
    assert account is not None
    cluster = start_cluster(home / "deployment", settings=FAST)
    try:
        assert subprocess.run(["ls", cluster.directory], user=account.uid, cwd="/").returncode != 0
        rows(cluster, "create extension pg_stat_statements")
        rows(cluster, "create table kept as select 42 as answer")
        cluster.kill()
        cluster.start()
        assert rows(cluster, "select answer from kept") == [(42,)]
        assert rows(cluster, "select count(*) > 0 from pg_stat_statements") == [(True,)]
        assert (cluster.directory / "base").stat().st_uid == account.uid != 0
        assert cluster.process is not None
        status = Path(f"/proc/{cluster.process.pid}/status").read_text()
        assert f"Uid:\t{account.uid}\t{account.uid}\t{account.uid}" in status
        assert "CapEff:\t0000000000000000" in status
    finally:
        cluster.stop("immediate")
    assert {path: path.stat().st_mode for path in modes} == modes


@needs_root
def test_programs_below_a_closed_directory_are_copied_once_and_a_tampered_copy_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = accounts.Account(accounts.NOBODY_ID, accounts.NOBODY_ID)
    place = tmp_path / "public"
    place.mkdir()
    monkeypatch.setattr(binaries, "PUBLIC_PLACES", (str(place),))
    monkeypatch.setattr(
        binaries, "_is_executable", lambda path, _: place in Path(path).parents
    )  # as if the venv were closed
    first = binaries.locate_binaries(account)
    assert first == binaries.locate_binaries(account)
    assert subprocess.run([first / "initdb", "--version"]).returncode == 0
    assert len(list(place.iterdir())) == 1

    (first / "postgres").chmod(0o777)  # somebody could have written to it
    second = binaries.locate_binaries(account)
    assert second != first

    (second / "initdb").unlink()  # a cleaner of temporary files took a part
    third = binaries.locate_binaries(account)
    assert third not in (first, second)
    assert (third / "initdb").exists()


def can_borrow_a_name() -> bool:
    launch = [sys.executable, "-I", "-S", str(initialise.NAMED), "1", "1"]
    shown = subprocess.run([*launch, "/usr/bin/id", "-u"], capture_output=True, text=True)
    return shown.stdout == "1\n"


@pytest.mark.skipif(not can_borrow_a_name(), reason="the kernel gives us no user namespace")
def test_a_data_directory_is_made_by_a_user_that_has_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(initialise, "is_nameless", lambda: True)
    directory = tmp_path / "postgresql"
    initialise.ensure_initialised(
        directory, binaries=binaries.locate_binaries(None), account=None, password="x", sync=False
    )
    assert (directory / "PG_VERSION").read_text() == "18\n"
    assert directory.stat().st_uid == os.geteuid()
