"""A rehearsal against a real server: its verdict, and that nothing of it is left."""

import re
import signal
import time
from pathlib import Path

import pytest

from scripts.local.postgresql import Cluster
from tests.rehearsal.conftest import QUICK
from tests.rehearsal.rehearsing import Deployment, Rehearsal, refusal, start
from tests.support.databases import run_sql
from tests.support.server import running_server

# What an application that loses a vote would do: the row is gone, and its counters with it.
LOSE_A_VOTE = """
    WITH lost AS (
        DELETE FROM votes WHERE (poll_id, participant_id) = (
            SELECT poll_id, participant_id FROM votes LIMIT 1
        ) RETURNING poll_id, counts
    ), move AS (
        SELECT poll_id, key, value::bigint FROM lost CROSS JOIN LATERAL jsonb_each_text(counts)
    )
    UPDATE tally_counters AS counter SET count = counter.count - move.value FROM move
    WHERE counter.subject_id = move.poll_id AND counter.key = move.key AND counter.shard = (
        SELECT min(shard) FROM tally_counters AS other
        WHERE (other.subject_id, other.key) = (counter.subject_id, counter.key)
    )
"""
# What one that counts a vote twice would do.
COUNT_TWICE = """
    UPDATE tally_counters SET count = count + 1 WHERE (subject_id, key, shard) = (
        SELECT subject_id, key, shard FROM tally_counters WHERE key LIKE 'option:%' LIMIT 1
    )
"""


def rehearse(directory: Path, deployment: Deployment, *arguments: str) -> Rehearsal:
    return start(directory, deployment.base_url, *arguments, key=deployment.key)


def test_a_deployment_that_counts_right_is_ready_and_its_event_is_erased(
    deployment: Deployment, tmp_path: Path
) -> None:
    rehearsal = rehearse(tmp_path, deployment, "--attendees", "50", "--minutes", "0.2")
    status, output, errors = rehearsal.end()
    assert (status, errors) == (0, ""), output
    assert "\nReady: 50 attendees joined and voted " in output
    assert deployment.count("events") == 0

    figures = rehearsal.figures()
    assert figures["ready"] is True
    assert (figures["arrived"], figures["lost"], figures["miscounted"]) == (50, 0, 0)
    voters = [poll["voters"] for poll in figures["polls"]]
    assert all(each["published"] == each["expected"] > 0 for each in voters)
    # Some changed their mind and some voted twice.
    assert figures["votes"] > sum(each["published"] for each in voters)
    assert figures["upvotes"]["voters"]["published"] > 0
    assert figures["reactions"]["voters"]["published"] > 0
    assert (figures["errors"], figures["screens_behind"]) == (0, 0)
    assert 0 < figures["results"]["p50_s"] <= figures["results"]["p99_s"] < 2
    assert {each["name"] for each in figures["operations"]} >= {"join_event", "cast_vote"}


@pytest.mark.parametrize(
    ("sql", "voters", "settle_s", "finding"),
    [
        # Once nobody changes their mind any more, which would bring the vote back.
        (LOSE_A_VOTE, 50, 1.1, r"1 acknowledged vote is lost\."),
        (COUNT_TWICE, 20, 0.0, r"Published counts are wrong: \S+.* (\d+) instead of \d+"),
    ],
    ids=["lost", "counted twice"],
)
def test_a_deployment_that_counts_wrong_is_not_ready_and_the_report_has_the_number(
    deployment: Deployment, tmp_path: Path, sql: str, voters: int, settle_s: float, finding: str
) -> None:
    rehearsal = rehearse(tmp_path, deployment, "--attendees", "50", "--minutes", "0.2")
    deployment.wait_for_rows("votes", voters)
    time.sleep(settle_s)
    run_sql(deployment.database_url, sql)
    status, output, errors = rehearsal.end()
    assert (status, errors) == (1, ""), output
    verdict = output[output.index("\nNot ready: ") :]
    assert re.search(finding, verdict), verdict
    assert deployment.count("events") == 0
    assert rehearsal.figures()["ready"] is False
    assert "<strong>Not ready</strong>" in rehearsal.html.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "minutes", "amid"),
    [(signal.SIGTERM, "5", "events"), (signal.SIGINT, "0.2", "votes")],
    ids=["while people arrive", "while they vote"],
)
def test_a_rehearsal_that_is_stopped_erases_its_event(
    deployment: Deployment, tmp_path: Path, number: signal.Signals, minutes: str, amid: str
) -> None:
    rehearsal = rehearse(tmp_path, deployment, "--attendees", "50", "--minutes", minutes)
    deployment.wait_for_rows(amid, 1)
    rehearsal.process.send_signal(number)
    status, output, errors = rehearsal.end()
    assert (status, errors) == (130, ""), output
    assert "Stopped, so there is no verdict." in output
    assert deployment.count("events") == 0
    assert not rehearsal.html.exists()


def test_a_rehearsal_that_fails_says_why_in_one_line_and_leaves_nothing(
    deployment: Deployment, tmp_path: Path
) -> None:
    rehearsal = rehearse(tmp_path, deployment, "--attendees", "20", "--minutes", "0.2")
    deployment.wait_for_rows("polls WHERE status = 'open'", 1)
    run_sql(deployment.database_url, "UPDATE polls SET status = 'archived'")
    line = refusal(rehearsal, 1)
    assert re.fullmatch(r"scripts/rehearse: PATCH /v1/polls/\S+: 409 invalid_transition", line)
    assert deployment.count("events") == 0


def test_a_limit_on_joining_from_one_address_slows_the_rehearsal_and_is_no_failure(
    deployment: Deployment, tmp_path: Path
) -> None:
    settings = {"DATABASE_URL": deployment.database_url, "ADDRESS_JOINS_PER_S": "10", **QUICK}
    with running_server(tmp_path / "log", **settings) as server:
        limited = Deployment(server.base_url, deployment.key, deployment.database_url)
        rehearsal = rehearse(tmp_path, limited, "--attendees", "40", "--minutes", "0.1")
        status, output, errors = rehearsal.end()
    assert (status, errors) == (0, ""), output
    assert "limits how many join from one address" in output
    figures = rehearsal.figures()
    assert (figures["arrived"], figures["errors"]) == (40, 0)
    assert figures["slowed_joins"] > 0
    assert figures["arrival_took_s"] > 2 * figures["arrival_s"]


def test_a_wrong_key_is_one_line(deployment: Deployment, tmp_path: Path) -> None:
    line = refusal(start(tmp_path, deployment.base_url, key="ovk_wrong"), 1)
    assert line.endswith(f"{deployment.base_url} refuses the organizer key (401 not_authenticated)")


def test_a_deployment_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    line = refusal(start(tmp_path, "http://127.0.0.1:1", key="ovk_any"), 1)
    assert line == "scripts/rehearse: http://127.0.0.1:1 does not answer: connection refused"


def test_a_database_without_tables_is_not_rehearsed(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.url("template1")
    with running_server(tmp_path / "log", until="/health/live", DATABASE_URL=url) as server:
        line = refusal(start(tmp_path, server.base_url, key="ovk_any"), 1)
    assert line == f"scripts/rehearse: {server.base_url} is not ready: migrations"
