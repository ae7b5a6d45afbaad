"""Metrics: every line is valid EMF, nothing is lost or counted twice."""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text

from handlers.polls import cast_vote
from shared.db.engines import close_database, write_session
from shared.http.app import build_app
from shared.http.lambda_adapter import lambda_handler
from shared.observability import MetricSums, metrics
from shared.tick import publish_moved
from tests.support.api import Api
from tests.support.lambda_events import load_balancer_event
from tests.support.lambda_thread import in_thread
from tests.support.log_lines import Metric, emf_metrics
from tests.support.settings import changed_settings

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def nothing_gathered(capsys: Capture) -> None:
    metrics.flush_if_due(now=True)
    capsys.readouterr()


def written(capture: Capture) -> list[Metric]:
    """Let the process write its metrics, and return them."""
    metrics.flush_if_due(now=True)
    return emf_metrics(capture.readouterr().out)


def value_of(name: str, operation: str, found: list[Metric]) -> float:
    """Return the only value of a metric of an operation."""
    (value,) = [
        each.value
        for each in found
        if each.name == name and each.dimensions["operation"] == operation
    ]
    return value


async def test_requests_errors_and_votes_are_counted_by_operation(
    api: Api, capsys: Capture
) -> None:
    event = await api.make_event()
    poll, closed = await api.make_poll(event), await api.make_poll(event)
    await api.change_poll(closed, status="closed")
    people = [await api.join(event) for _ in range(3)]
    with changed_settings(metrics_enabled=True):
        for person in people:
            assert (await api.vote(person, poll, 0)).status_code == 200
        assert (await api.vote(people[0], closed, 0)).status_code == 409
        assert (await api.vote(people[0], poll, 0, 1)).status_code == 422
        with changed_settings(signing_keys="{}", metrics_enabled=True):
            assert (await api.call("GET", "/health/ready")).status_code == 503
        found = written(capsys)
    assert value_of("Requests", "cast_vote", found) == 5
    assert value_of("Votes", "cast_vote", found) == 3
    assert value_of("Requests", "get_ready", found) == 1
    assert value_of("Errors", "get_ready", found) == 1
    assert {each.name for each in found} == {"Requests", "Votes", "Errors"}
    assert {each.unit for each in found} == {"Count"}
    assert {each.dimensions["environment"] for each in found} == {"local"}


async def test_feed_lag_is_the_age_of_the_oldest_move_that_was_not_published(
    api: Api, capsys: Capture
) -> None:
    event = await api.make_event()
    old, new = await api.make_poll(event), await api.make_poll(event)
    voter = await api.join(event)
    await api.vote(voter, old, 0)
    await api.vote(voter, new, 0)
    async with write_session() as session:
        moved = "UPDATE tally_counters SET moved_at = now() - interval '7 s' WHERE subject_id = :id"
        await session.execute(text(moved), {"id": old["id"]})
        ticked = "UPDATE events SET ticked_at = now() - interval '1 h' WHERE id = :id"
        await session.execute(text(ticked), {"id": event["id"]})
    with changed_settings(metrics_enabled=True):
        await publish_moved(UUID(event["id"]))
        await publish_moved(UUID(event["id"]))  # nothing has moved
        (lag,) = written(capsys)
    assert (lag.name, lag.unit) == ("FeedLag", "Milliseconds")
    assert 7_000 <= lag.value < 60_000


async def test_without_the_setting_nothing_is_written(api: Api, capsys: Capture) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)
    await publish_moved(UUID(event["id"]))
    assert written(capsys) == []


def test_threads_that_add_and_write_at_once_lose_nothing(capsys: Capture) -> None:
    sums = MetricSums()

    def add(_: int) -> None:
        for _ in range(500):
            sums.add("Requests", 1, operation="get_live")
            sums.keep_largest("FeedLag", 5, operation="get_changes", unit="Milliseconds")
        sums.flush_if_due(now=True)

    with changed_settings(metrics_enabled=True), ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(64)))
        sums.flush_if_due(now=True)
    # Lines of several threads may run into each other, as only a test prints from several threads.
    output = re.sub(r"\}\{", "}\n{", capsys.readouterr().out)
    found = emf_metrics(output)
    assert sum(each.value for each in found if each.name == "Requests") == 64 * 500
    assert {each.value for each in found if each.name == "FeedLag"} == {5}


def test_between_two_lines_ten_seconds_pass(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("shared.observability.time.monotonic", lambda: now)
    with changed_settings(metrics_enabled=True):
        sums = MetricSums()
        for _ in range(3):
            sums.add("Requests", 1, operation="get_live")
            sums.flush_if_due()
        assert capsys.readouterr().out == ""
        now += 10
        sums.flush_if_due()
        assert value_of("Requests", "get_live", emf_metrics(capsys.readouterr().out)) == 3
        sums.flush_if_due()
        assert capsys.readouterr().out == ""


async def test_a_lambda_writes_its_metrics_with_each_invocation(
    api: Api, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    voter = await api.join(event)
    request = load_balancer_event(
        "PUT",
        f"/v1/polls/{poll['id']}/vote",
        headers={"authorization": f"Bearer {voter.token}"},
        json={"option_ids": [poll["options"][0]["id"]]},
    )
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "cast_vote")
    handler = lambda_handler(lambda: build_app([cast_vote.router]))
    with changed_settings(metrics_enabled=True), in_thread(handler) as invoke:
        for _ in range(2):
            capsys.readouterr()
            assert invoke(request).status == 200
            found = emf_metrics(capsys.readouterr().out)
            assert value_of("Requests", "cast_vote", found) == 1
            assert value_of("Votes", "cast_vote", found) == 1
        invoke.run(close_database)
