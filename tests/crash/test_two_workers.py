"""I5 across processes: what two of them cache and publish apart, ends as one feed."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.crash.deployment import WORKERS, Deployment
from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.crowd import crowd
from tests.support.recount import check_exact, differences
from tests.support.waiting import until

pytestmark = pytest.mark.crash

VOTERS = 60


async def follow(reader: FeedReader, voting: asyncio.Task[None]) -> None:
    """Poll, far more often than a client may, until the voting is over."""
    while not voting.done():
        await reader.poll()
        await asyncio.sleep(0.05)


async def vote_everywhere(workers: list[Api], people: list[Participant], poll: Json) -> None:
    """Let everyone vote at one process, and vote differently at the other."""
    for number, person in enumerate(people):
        for turn in range(2):
            worker = workers[(number + turn) % WORKERS]
            answer = await worker.vote(person, poll, (number + turn) % 3)
            assert answer.status_code == 200, answer.text


async def fresh_answer(worker: Api, event: Json) -> tuple[str, bytes]:
    """Return the ETag and the bytes that somebody new gets from the process."""
    answer = await worker.call("GET", f"/v1/events/{event['id']}/changes")
    assert answer.status_code == 200
    return answer.headers["etag"], answer.content


def test_two_processes_show_one_feed_once_votes_end(deployment: Deployment) -> None:
    async def converge(api: Api) -> None:
        event = await api.make_event()
        poll = await api.make_poll(event)
        people = await crowd(event, VOTERS)
        async with AsyncExitStack() as connected:
            workers = [
                await connected.enter_async_context(deployment.worker(number))
                for number in range(WORKERS)
            ]
            readers = [FeedReader(worker, event) for worker in workers]
            voting = asyncio.create_task(vote_everywhere(workers, people, poll))
            await asyncio.gather(voting, *(follow(reader, voting) for reader in readers))

            async def both_show_the_rows() -> bool:
                for reader in readers:
                    await reader.poll()
                shown = [reader.state["poll_results", poll["id"]]["voters"] for reader in readers]
                return shown == [VOTERS] * WORKERS and await differences(event["id"]) == {}

            await until(both_show_the_rows)
            answers = [await fresh_answer(worker, event) for worker in workers]
            assert answers[0] == answers[1]
            for reader in readers:
                fresh = FeedReader(reader.api, event)
                await fresh.poll()
                assert reader.state == fresh.state
                assert reader.cursor == fresh.cursor
            await check_exact(api, event)

    deployment.run(converge)
