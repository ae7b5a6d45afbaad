"""The image in AWS's Lambda emulator: the load balancer's events, and a timeout that is enforced."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest

from scripts.burst_endpoints import burst_endpoints
from tests.container.containers import image_under_test
from tests.container.emulator import EmulatedFunction, emulated, fetch_emulator
from tests.support.api import Api, Json, Participant
from tests.support.feed import publish_now
from tests.support.lambda_events import assert_problem, load_balancer_event
from tests.support.recount import check_exact

pytestmark = pytest.mark.container
HANDLERS = {entry["operation"]: entry["handler"] for entry in burst_endpoints()}
# A first invocation imports the function within it, on a machine that may be busy.
TIMEOUT_S = 8


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """AWS's emulator."""
    return fetch_emulator(tmp_path_factory.mktemp("emulator"))


class Start:
    """Starts functions on the tests' database."""

    def __init__(self, emulator: Path, database_url: str) -> None:
        self._emulator = emulator
        self._settings = {
            "DATABASE_URL": database_url,
            "SIGNING_KEYS": os.environ["SIGNING_KEYS"],
            "TRUSTED_PROXY_HOPS": "1",
        }

    def __call__(
        self, operation: str, *, timeout_s: int = 30, **settings: str
    ) -> AbstractContextManager[EmulatedFunction]:
        """Run one operation's function until the block ends."""
        given = {**self._settings, **settings}
        handler = HANDLERS[operation]
        return emulated(image_under_test(), self._emulator, handler, given, timeout_s=timeout_s)


@pytest.fixture(scope="module")
def start(emulator: Path, database_url: str) -> Start:
    """What starts functions."""
    return Start(emulator, database_url)


@pytest.fixture(scope="module")
def cast_vote(start: Start) -> Iterator[EmulatedFunction]:
    """The function that takes votes, which gives up on the database later than AWS on it."""
    patient = {"DATABASE_LOCK_TIMEOUT_MS": "30000", "DATABASE_STATEMENT_TIMEOUT_MS": "30000"}
    with start("cast_vote", timeout_s=TIMEOUT_S, **patient) as function:
        yield function


def ballot(participant: Participant, poll: Json, choice: int) -> Json:
    """Return the load balancer's event of one vote."""
    return load_balancer_event(
        "PUT",
        f"/v1/polls/{poll['id']}/vote",
        headers={"authorization": f"Bearer {participant.token}"},
        json={"option_ids": [poll["options"][choice]["id"]]},
    )


def check_taken(function: EmulatedFunction, event: Json) -> None:
    """Fail with the function's log unless it answers a vote with 200."""
    answer = function.call(event)
    assert answer.status == 200, f"{answer.body!r}\n{function.log()}"


@pytest.mark.parametrize("operation", sorted(HANDLERS))
def test_every_burst_function_of_the_image_answers_the_load_balancer(
    start: Start, operation: str
) -> None:
    nothing = load_balancer_event("GET", "/nowhere")
    with start(operation) as function:
        answer = function.call(nothing)
    assert_problem(answer, 404, "not_found")


async def test_a_participant_joins_votes_and_reads_the_count_by_functions_alone(
    start: Start, cast_vote: EmulatedFunction, api: Api
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    with start("join_event") as join, start("get_changes") as get_changes:
        body = {"join_code": event["join_code"], "display_name": "Grace"}
        joined = join.call(load_balancer_event("POST", "/v1/join", json=body))
        assert joined.status == 200, joined.body
        grace = Participant(joined.json()["participant_id"], joined.json()["token"])
        for _ in range(2):
            check_taken(cast_vote, ballot(grace, poll, 1))
        path = f"/v1/events/{event['id']}/changes"
        feed = get_changes.call(load_balancer_event("GET", path))
    assert feed.status == 200
    (shown,) = [each["data"] for each in feed.json()["changes"] if each["type"] == "poll_results"]
    assert [tally["votes"] for tally in shown["tallies"]] == [0, 1, 0]


async def test_a_strangers_vote_is_refused_by_the_function(
    cast_vote: EmulatedFunction, api: Api
) -> None:
    poll = await api.make_poll(await api.make_event())
    refused = cast_vote.call(ballot(Participant("nobody", "no-token"), poll, 0))
    assert refused.status == 401, f"{refused.body!r}\n{cast_vote.log()}"


async def test_a_function_beyond_its_timeout_is_cut_off_and_the_next_invocation_works(
    cast_vote: EmulatedFunction, api: Api, database_url: str
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    ada, grace = await api.join(event), await api.join(event)
    check_taken(cast_vote, ballot(ada, poll, 0))
    with psycopg.connect(database_url) as blocker:
        blocker.execute("LOCK TABLE votes IN ACCESS EXCLUSIVE MODE")
        cut_off = await asyncio.to_thread(cast_vote.invoke, ballot(grace, poll, 1))
    assert f"Task timed out after {TIMEOUT_S}.00 seconds" in str(cut_off)
    assert "statusCode" not in cut_off
    # The phone sends it again; the same function, in a new process, takes it.
    check_taken(cast_vote, ballot(grace, poll, 1))
    assert [tally["votes"] for tally in (await api.results(poll))["tallies"]] == [1, 1, 0]
    await publish_now(event)
    await check_exact(api, event)
