"""`scripts/run` from the start to the end, and what it survives in between."""

import os
import re
import signal
import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from scripts.local.postgresql import Cluster
from scripts.local.processes import send, wait_for
from tests.scripts.running import Running, call, command_line, is_ready, refused, start
from tests.support.application import ROOT

RECOVERY_S = 30.0


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("run") / "deployment")
    running.ready()
    yield running
    running.stop()


def votes(ready: dict[str, Any]) -> list[int]:
    poll = demo_poll(ready)
    status, results = call(
        ready, "GET", f"/v1/polls/{poll['id']}/results", ready["demo"]["host_token"]
    )
    assert status == 200
    return [row["votes"] for row in results["tallies"]]


def demo_poll(ready: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/events/{ready['demo']['event_id']}/changes"
    polls = [c["data"] for c in call(ready, "GET", path)[1]["changes"] if c["type"] == "poll"]
    [poll] = [poll for poll in polls if poll["kind"] == "single_choice"]
    return dict(poll)


def cast_a_vote(ready: dict[str, Any]) -> None:
    _, joined = call(ready, "POST", "/v1/join", "", {"join_code": ready["demo"]["join_code"]})
    poll = demo_poll(ready)
    body = {"option_ids": [poll["options"][0]["id"]]}
    status, _ = call(ready, "PUT", f"/v1/polls/{poll['id']}/vote", joined["token"], body)
    assert status == 200


def test_the_ready_file_says_all_that_another_program_needs(deployment: Running) -> None:
    ready = deployment.ready()
    assert deployment.ready_file.stat().st_mode & 0o777 == 0o600
    assert set(ready) == {"base_url", "organizer_key", "pid", "database_url", "env", "demo"}
    assert ready["pid"] == deployment.process.pid
    assert ready["env"]["DATABASE_URL"] == ready["database_url"]
    assert ready["env"]["SIGNING_KEYS"]
    assert call(ready, "GET", "/health/ready")[0] == 200
    assert call(ready, "GET", "/v1/events", ready["organizer_key"])[0] == 200
    assert call(ready, "UNKNOWN", "/v1/events")[1]["code"] == "bad_request"
    assert set(ready["demo"]) == {"event_id", "join_code", "host_token"}
    with psycopg.connect(ready["database_url"]) as connection:
        found = connection.execute("select count(*) from pg_stat_statements where query ~ 'votes'")
        assert found.fetchone() != (0,)


def test_the_demo_event_is_live_with_an_open_poll_votes_and_questions(deployment: Running) -> None:
    ready = deployment.ready()
    status, event = call(
        ready, "GET", f"/v1/events/{ready['demo']['event_id']}", ready["demo"]["host_token"]
    )
    assert (status, event["status"]) == (200, "live")
    assert demo_poll(ready)["status"] == "open"
    path = f"/v1/events/{ready['demo']['event_id']}/changes?audience=staff"
    _, page = call(ready, "GET", path, ready["demo"]["host_token"])
    [quiz] = [change["data"] for change in page["changes"] if change["type"] == "quiz"]
    assert (quiz["state"], quiz["question_count"]) == ("draft", 3)
    assert sum(votes(ready)) >= 3
    changes = call(ready, "GET", f"/v1/events/{event['id']}/changes")[1]["changes"]
    assert [c["type"] for c in changes].count("question") == 3


def kinds_of_the_page() -> set[str]:
    """Return the kinds that the built-in page can show."""
    listed = (ROOT / "web" / "kinds.js").read_text("utf-8").split("Object.entries({")[1]
    return set(re.findall(r"^ +(\w+)[:,]", listed.split("})")[0], re.MULTILINE))


def test_the_demo_event_shows_every_kind_of_poll_that_the_page_knows_with_votes(
    deployment: Running,
) -> None:
    ready = deployment.ready()
    path = f"/v1/events/{ready['demo']['event_id']}/changes"

    def shown(kind: str) -> dict[str, Any]:
        changes = call(ready, "GET", path)[1]["changes"]
        return {each["id"]: each["data"] for each in changes if each["type"] == kind}

    def are_counted() -> bool:
        results = shown("poll_results").values()
        return all(each["voters"] >= 3 and each["tallies"] for each in results)

    polls = shown("poll")
    assert {each["kind"] for each in polls.values()} == kinds_of_the_page()
    assert shown("poll_results").keys() == polls.keys()
    # The last votes are published by a tick.
    assert wait_for(are_counted, 10)


def test_an_answer_does_not_wait_for_the_client_to_acknowledge_its_head(
    deployment: Running,
) -> None:
    ready = deployment.ready()
    with httpx.Client(base_url=ready["base_url"]) as client:
        seconds = []
        for _ in range(20):
            start = time.monotonic()
            assert client.get("/health/live").status_code == 200
            seconds.append(time.monotonic() - start)
    # A delayed acknowledgement is 40 ms at least.
    assert statistics.median(seconds) < 0.03


def test_a_killed_server_process_is_replaced_and_nobody_is_refused_meanwhile(
    deployment: Running,
) -> None:
    ready = deployment.ready()
    before = deployment.server_pids()
    assert len(before) == 1
    send(before, signal.SIGKILL)
    assert wait_for(lambda: not deployment.server_pids() & before, RECOVERY_S)
    assert call(ready, "GET", "/health/ready")[0] == 200  # it waited in the socket's queue
    assert deployment.server_pids() and not deployment.server_pids() & before


def test_killed_postgresql_comes_back_at_the_same_address_with_every_vote(
    deployment: Running,
) -> None:
    ready = deployment.ready()
    cast_a_vote(ready)
    before = votes(ready)
    pids = deployment.postgres_pids()
    assert len(pids) > 3
    send(pids, signal.SIGKILL)
    assert wait_for(lambda: bool(deployment.postgres_pids() - pids) and is_ready(ready), RECOVERY_S)
    assert votes(ready) == before
    with psycopg.connect(ready["database_url"]) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_second_start_on_the_same_data_directory_is_refused(deployment: Running) -> None:
    ready = deployment.ready()
    second = start(deployment.data_dir)
    assert f"another scripts/run (process {ready['pid']})" in refused(second)
    assert is_ready(ready)


def test_after_kill_9_of_the_supervisor_the_next_start_has_the_same_keys_and_votes(
    deployment: Running,
) -> None:
    ready = deployment.ready()
    cast_a_vote(ready)
    before, servers = votes(ready), deployment.server_pids()
    deployment.stop(signal.SIGKILL)
    assert wait_for(lambda: not any(command_line(pid) for pid in servers), 10)
    again = start(deployment.data_dir, port=int(ready["base_url"].rsplit(":", 1)[1]))
    deployment.process, deployment.ready_file = again.process, again.ready_file
    now = deployment.ready()
    assert {k: now[k] for k in now if k != "pid"} == {k: ready[k] for k in ready if k != "pid"}
    assert votes(now) == before


def test_a_stop_by_sigint_ends_everything_and_the_links_were_printed(deployment: Running) -> None:
    demo = deployment.ready()["demo"]
    output, errors, status = deployment.stop(signal.SIGINT)
    assert (status, errors) == (0, "")
    assert deployment.postgres_pids() == set()
    assert f"/?code={demo['join_code']}" in output
    assert f"/#host={demo['event_id']}:{demo['host_token']}" in output


def test_without_a_demo_and_with_two_processes_on_a_database_of_somebody_else(
    tmp_path: Path, cluster: Cluster
) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("create database of_somebody_else")
    url = cluster.url("of_somebody_else")
    environment = {"DATABASE_URL": url, "WEB_CONCURRENCY": "2", "POLL_AFTER_MS": "3000"}
    running = start(tmp_path / "deployment", "--no-demo", env=environment)
    try:
        ready = running.ready()
        assert ready["demo"] is None
        assert ready["database_url"] == url
        assert ready["env"]["POLL_AFTER_MS"] == "3000"
        assert len(running.server_pids()) == 2
        assert not (tmp_path / "deployment" / "postgresql").exists()
    finally:
        _, errors, status = running.stop()
    assert (status, errors) == (0, "")


def test_a_port_in_use_is_one_line_and_leaves_nothing_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = start(tmp_path / "deployment", port=port)
        assert f"port {port} is in use" in refused(running)
    assert running.postgres_pids() == set()


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"WEB_CONCURRENCY": "many"}, "WEB_CONCURRENCY"),
        ({"DATABASE_URL": "postgresql://nobody:hidden@127.0.0.1:1/x"}, "DATABASE_URL"),
        ({"SIGNING_KEYS": "{}"}, "SIGNING_KEYS"),
    ],
)
def test_a_wrong_setting_is_named_and_leaves_nothing_running(
    tmp_path: Path, environment: dict[str, str], reason: str
) -> None:
    running = start(tmp_path / "deployment", "--no-demo", env=environment)
    line = refused(running)
    assert reason in line
    assert "hidden" not in line
    assert running.postgres_pids() == set()


def test_a_server_that_dies_at_its_start_is_reported_with_its_last_words(
    tmp_path: Path, database_url: str
) -> None:
    environment = {"DATABASE_URL": database_url, "UVICORN_SSL_KEYFILE": "/no"}
    running = start(tmp_path / "deployment", env=environment)
    output, errors = running.process.communicate(timeout=60)
    assert running.process.returncode == 1, output
    assert errors.startswith("scripts/run: the server died at its start; its last words:")
    assert "Traceback" not in errors
    assert not running.ready_file.exists()
    assert running.postgres_pids() == set()


def test_a_ready_file_that_cannot_be_written_is_refused_before_anything_starts(
    tmp_path: Path,
) -> None:
    running = start(tmp_path / "deployment", "--ready-file", str(tmp_path / "no" / "ready.json"))
    assert "cannot write the ready file" in refused(running)
    assert not (tmp_path / "deployment" / "postgresql").exists()


def test_a_stop_during_the_start_leaves_nothing_running(tmp_path: Path) -> None:
    running = start(tmp_path / "deployment")
    assert wait_for(lambda: bool(running.postgres_pids()), 30)
    _, errors, status = running.stop()
    assert (status, errors) == (0, "")
    # One that was just being started is told to stop by the kernel, and takes a moment.
    assert wait_for(lambda: not running.postgres_pids(), 30)
    assert not running.ready_file.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(running.process.pid, 0)
