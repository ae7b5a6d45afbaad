"""I5 for what the staff does amid the audience: merges, bans, erasures, announcements and reactions."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.fresh import FreshReader
from tests.support.recount import check_exact

Step = Callable[[], Awaitable[httpx.Response]]


def _steps(api: Api, event: Json, people: list[Participant], chance: Random) -> list[Step]:
    """Return what may happen next, to be drawn from again and again."""
    path, questions, announced = f"/v1/events/{event['id']}", list[str](), list[str]()

    async def ask() -> httpx.Response:
        body = {"body": "Will it rain?"}
        asked = await api.call("POST", f"{path}/questions", chance.choice(people).token, body)
        questions.extend([asked.json()["id"]] if asked.status_code == 201 else [])
        return asked

    async def upvote() -> httpx.Response:
        if not questions:
            return await ask()
        upvoted = f"/v1/questions/{chance.choice(questions)}/upvote"
        method = chance.choice(["PUT", "PUT", "DELETE"])
        return await api.call(method, upvoted, chance.choice(people).token)

    async def merge() -> httpx.Response:
        if len(questions) < 2:
            return await ask()
        question, into = chance.sample(questions, 2)
        merged = f"/v1/questions/{question}/merge"
        if chance.random() < 0.4:
            return await api.call("DELETE", merged, api.organizer_key)
        return await api.call("POST", merged, api.organizer_key, {"into": into})

    async def react() -> httpx.Response:
        body = {"kind": chance.choice(["clap", "heart"]), "count": chance.randint(1, 20)}
        return await api.call("POST", f"{path}/reactions", chance.choice(people).token, body)

    async def announce() -> httpx.Response:
        ends = datetime.now(UTC) + timedelta(milliseconds=chance.randint(50, 400))
        body = {
            "body": "Lunch.",
            **({"expires_at": ends.isoformat()} if chance.random() < 0.5 else {}),
        }
        made = await api.call("POST", f"{path}/announcements", api.organizer_key, body)
        announced.extend([made.json()["id"]] if made.status_code == 201 else [])
        return made

    async def take_back() -> httpx.Response:
        if not announced:
            return await announce()
        gone = announced.pop()
        return await api.call("DELETE", f"{path}/announcements/{gone}", api.organizer_key)

    async def erase() -> httpx.Response:
        if chance.random() < 0.7:
            return await upvote()
        gone = f"/v1/participants/{chance.choice(people).id}"
        return await api.call("DELETE", gone, api.organizer_key)

    return [ask, upvote, upvote, merge, merge, react, announce, take_back, erase]


@pytest.mark.parametrize("seed", range(3))
async def test_clients_that_miss_answers_end_as_a_fresh_snapshot(api: Api, seed: int) -> None:
    chance = Random(seed)
    event = await api.make_event()
    steps = _steps(api, event, await crowd(event, 6), chance)
    staff = [FeedReader(api, event, api.organizer_key) for _ in range(2)]
    public = [FreshReader(api, event) for _ in range(2)]

    async def read(reader: FeedReader) -> None:
        before = reader.cursor
        await reader.poll()
        if chance.random() < 0.2:
            # The answer was applied, and its cursor lost: the next one repeats it.
            reader.cursor = before

    for _ in range(80):
        answer = await chance.choice(steps)()
        assert answer.status_code < 500, answer.text
        if chance.random() < 0.3:
            await read(chance.choice([*staff, *public]))
        if chance.random() < 0.1:
            await publish_now(event)
    await asyncio.sleep(0.45)  # what expires has expired
    await publish_now(event)
    for reader in (*staff, *public):
        await reader.poll()

    for readers, audience in ((staff, "staff"), (public, "public")):
        fresh = (await snapshot(api, event, audience)).state
        for reader in readers:
            assert reader.state == fresh
    await check_exact(api, event)
