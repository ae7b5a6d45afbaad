"""scripts/smoke: it says that a deployment works when it does, and what does not when not."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.local.api import Api, Refused
from scripts.local.failures import StartFailed
from scripts.local.postgresql import Cluster
from scripts.smoke_test.walk import SmokeFailed, Walk
from tests.support.application import ROOT
from tests.support.databases import migrated_database, organizer_key_in, run_sql
from tests.support.server import running_server


def smoke(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "smoke", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


async def test_a_deployment_that_works_is_said_to_and_nothing_of_the_walk_stays(
    cluster: Cluster, tmp_path: Path
) -> None:
    with migrated_database(cluster) as url:
        key = await organizer_key_in(url)
        with running_server(tmp_path / "log", DATABASE_URL=url) as server:
            done = smoke(f"{server.base_url}/", OVATION_ORGANIZER_KEY=key)
            refused = smoke(server.base_url, "--key", "ovk_wrong")
        left = run_sql(url, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM votes)")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("The deployment works.\n")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok"] * 9 + ["The"]
    assert left == [(0, 0)]
    assert refused.returncode == 1
    assert "FAILED  an event is made: POST /v1/events answered 401" in refused.stdout


@pytest.mark.parametrize("arguments", [(), ("127.0.0.1:8000",), ("http://127.0.0.1:1",)])
def test_a_call_without_a_url_or_a_key_is_refused(arguments: tuple[str, ...]) -> None:
    assert smoke(*arguments, OVATION_ORGANIZER_KEY="").returncode == 2


def test_a_deployment_that_is_not_there_fails(tmp_path: Path) -> None:
    ended = smoke("http://127.0.0.1:1", "--key", "ovk_any")
    assert ended.returncode == 1
    assert "got no answer" in ended.stdout


class Broken(Api):
    """A deployment that answers the walk, but for one call."""

    def __init__(self, breaks: tuple[str, str], answer: dict[str, Any] | StartFailed) -> None:
        super().__init__("http://127.0.0.1:1")
        self.breaks, self.answer = breaks, answer
        self.calls: list[tuple[str, str]] = []

    def call(
        self, method: str, path: str, token: str | None = None, body: Any = None
    ) -> dict[str, Any]:
        self.calls.append((method, path))
        if (method, path) == self.breaks:
            if isinstance(self.answer, StartFailed):
                raise self.answer
            return self.answer
        if method == "GET" and path == "/v1/events/e":
            raise Refused(method, path, 404, "")
        if path.endswith("/vote") and ("PATCH", "/v1/polls/p") in self.calls[-3:]:
            closed = [each for each in self.calls if each == ("PATCH", "/v1/polls/p")]
            if len(closed) == 2:
                raise Refused(method, path, 409, "")
        results = {
            "poll_id": "p",
            "voters": 1,
            "final": True,
            "tallies": [{"votes": 1}, {"votes": 0}],
        }
        return {
            "status": "ok",
            "id": "e" if path == "/v1/events" else "p",
            "join_code": "ABCDEF",
            "token": "ovp_",
            "options": [{"id": "o"}],
            "upvoted": True,
            "changes": [{"type": "poll_results", "data": results}],
            **results,
        }


def walk(api: Api) -> list[str]:
    said: list[str] = []
    with pytest.raises(SmokeFailed):
        Walk(api, "ovk_any", 0.0, said.append).run()
    return said


@pytest.mark.parametrize(
    ("breaks", "answer", "says"),
    [
        (("GET", "/health/ready"), {"status": "unavailable"}, "the deployment is ready: it says"),
        (("POST", "/v1/join"), {}, "a participant joins"),
        (("PUT", "/v1/polls/p/vote"), StartFailed("lost"), "a vote is counted once"),
        (("GET", "/v1/events/e/changes"), {"changes": []}, "shows the count: not within 0 s"),
        (("PUT", "/v1/questions/p/upvote"), {"upvoted": False}, "a question is asked and upvoted"),
        (
            ("GET", "/v1/polls/p/results"),
            {"final": True, "voters": 2, "tallies": [{"votes": 2}]},
            "final result",
        ),
        (("GET", "/v1/events/e"), {}, "the event is erased: it is still there"),
    ],
)
def test_each_step_can_fail_and_the_event_is_erased_all_the_same(
    breaks: tuple[str, str], answer: dict[str, Any] | StartFailed, says: str
) -> None:
    api = Broken(breaks, answer)
    said = walk(api)
    assert any(line.startswith("FAILED") and says in line for line in said), said
    made = ("POST", "/v1/events") in api.calls
    assert (("DELETE", "/v1/events/e") in api.calls) == made
