"""I3: a close that races a burst draws one line through it, also when something dies just then."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest

from shared.db.retry import DATABASE_ERRORS
from tests.crash.burst import VOTES, Burst
from tests.crash.counting import check_counted, prepare
from tests.crash.deployment import Deployment
from tests.support.api import Api, Json
from tests.support.crowd import insistently
from tests.support.tables import query

pytestmark = pytest.mark.crash

_PUBLISHED = """
    SELECT body::jsonb FROM feed_entries
    WHERE event_id = :event_id AND entity_id = :poll_id AND type = 'poll_results'
          AND audience = 'public'
"""


def leave(_: Deployment) -> None:
    """Let nothing happen."""


def kill_a_worker(deployment: Deployment) -> None:
    """Kill one of the server's processes."""
    deployment.kill_worker(0)


def kill_the_database(deployment: Deployment) -> None:
    """Kill PostgreSQL and start it again."""
    deployment.restart_database()


async def close(api: Api, event: Json, burst: Burst, begun: Event) -> Json:
    """Close the poll, whatever it takes; return the results that the feed shows then."""
    [poll] = burst.polls
    path = f"/v1/polls/{poll['id']}"
    begun.set()
    closed = await insistently(
        lambda: api.call("PATCH", path, api.organizer_key, {"status": "closed"})
    )
    assert closed.status_code == 200, closed.text
    burst.is_closed = True
    return await _shown(event, poll)


async def _shown(event: Json, poll: Json) -> Json:
    """Return the public's results; where the close was quicker than the strike, once the database is back."""
    async with asyncio.timeout(30):
        while True:
            with suppress(*DATABASE_ERRORS):
                [(body,)] = await query(_PUBLISHED, event_id=event["id"], poll_id=poll["id"])
                shown: Json = body
                return shown
            await asyncio.sleep(0.1)


async def count_rows(poll: Json) -> tuple[int, int]:
    """Return how many votes there are, and how many of them were cast after the close."""
    [(votes, late)] = await query(
        "SELECT count(*), count(*) FILTER (WHERE vote.cast_at > poll.closed_at)"
        " FROM votes AS vote JOIN polls AS poll ON poll.id = vote.poll_id WHERE poll.id = :id",
        id=poll["id"],
    )
    return votes, late


@pytest.mark.parametrize(
    ("meanwhile", "kind"),
    [
        (leave, "single_choice"),
        (leave, "ranking"),
        (kill_a_worker, "word_cloud"),
        (kill_the_database, "open_text"),
    ],
)
def test_a_close_amid_a_burst_is_final_and_counts_all_that_was_acknowledged(
    deployment: Deployment, meanwhile: Callable[[Deployment], None], kind: str
) -> None:
    event, burst = prepare(deployment, seed=4, kinds=[kind])
    with burst.under_way():
        burst.wait_for_acknowledged(VOTES // 3)
        begun = Event()
        with ThreadPoolExecutor(1) as thread:
            closing = thread.submit(deployment.run, lambda api: close(api, event, burst, begun))
            assert begun.wait(10)
            meanwhile(deployment)
            final = closing.result()
    assert burst.statuses[409] > 0
    assert burst.accepted_after_the_close == []
    check_counted(deployment, event, burst)
    assert final["final"]
    votes, late = deployment.run(lambda _: count_rows(burst.polls[0]))
    assert (votes, late) == (final["voters"], 0)
