"""A server that is told to stop finishes what it took: ECS does that with every deployment."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack

import psycopg
import pytest

from scripts.local.database import NAME
from scripts.local.processes import wait_for
from tests.crash.burst import LINES, VOTES
from tests.crash.counting import check_counted, prepare
from tests.crash.deployment import GRACE_S, WORKERS, Deployment
from tests.support.api import Json

pytestmark = pytest.mark.crash


@pytest.fixture
def stoppable(deployment: Deployment) -> Iterator[Deployment]:
    """The deployment, whose server runs again afterwards."""
    yield deployment
    if not deployment.server.is_whole():
        deployment.server.stop(lambda: False)
        deployment.start_again()


def stop_and_time(deployment: Deployment) -> float:
    """Stop the server with SIGTERM; return how many seconds it took to end."""
    started = time.monotonic()
    deployment.server.stop(lambda: False)
    return time.monotonic() - started


def count_stopping(deployment: Deployment) -> int:
    """Return how many processes have said so far that they stop."""
    return deployment.log.read_text(encoding="utf-8").count("Shutting down")


def voters_in(deployment: Deployment, event: Json) -> set[str]:
    """Return who has a vote in the event."""
    with psycopg.connect(deployment.cluster.url(NAME)) as connection:
        rows = connection.execute(
            "SELECT vote.participant_id FROM votes AS vote JOIN polls AS poll"
            " ON poll.id = vote.poll_id WHERE poll.event_id = %s",
            [event["id"]],
        )
        return {str(participant_id) for (participant_id,) in rows}


async def ask_every_worker(deployment: Deployment) -> None:
    """Return when each process has turned to what it was sent before."""
    async with AsyncExitStack() as clients:
        for number in range(WORKERS):
            await clients.enter_async_context(deployment.worker(number))


def test_requests_under_way_are_answered_before_the_server_ends(stoppable: Deployment) -> None:
    event, burst = prepare(stoppable, seed=5, votes=LINES, wishes=1, kinds=["rating"])
    with ThreadPoolExecutor(1) as thread, ExitStack() as shut:
        shut.enter_context(stoppable.shut_gate(burst.polls[0]))
        with burst.under_way():
            assert wait_for(lambda: burst.sent == LINES, 10)
            stoppable.run(lambda _: ask_every_worker(stoppable))
            before = count_stopping(stoppable)
            stopping = thread.submit(stop_and_time, stoppable)
            assert wait_for(lambda: count_stopping(stoppable) == before + WORKERS, 10)
            # It has nothing to wait for but them.
            assert not wait_for(stopping.done, 1)
            assert not burst.statuses
            shut.close()
    assert stopping.result() < GRACE_S
    stoppable.start_again()
    assert burst.statuses == {200: LINES}
    check_counted(stoppable, event, burst)


def test_no_acknowledged_vote_is_lost_when_a_server_is_replaced_under_load(
    stoppable: Deployment,
) -> None:
    event, burst = prepare(stoppable, seed=6)
    with burst.under_way():
        burst.wait_for_acknowledged(VOTES // 3)
        took_s = stop_and_time(stoppable)
        told = {voter.participant.id for voter in burst.voters if voter.acknowledged is not None}
        assert told <= voters_in(stoppable, event)
        stoppable.start_again()
    assert took_s < GRACE_S
    check_counted(stoppable, event, burst)
