"""I5 for what the staff does amid the audience: merges, bans, erasures, announcements and reactions."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.fresh import FreshReader
from tests.support.recount import check_exact


@dataclass
class Session:
    """An audience and its staff, of whom anybody may do the next step."""

    api: Api
    event: Json
    people: list[Participant]
    chance: Random
    questions: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The event's."""
        return f"/v1/events/{self.event['id']}"

    @property
    def somebody(self) -> Participant:
        """Anyone of the audience."""
        return self.chance.choice(self.people)

    async def step(self) -> httpx.Response:
        """Let something happen, drawn by chance; what happens often stands here twice."""
        steps = [self.ask, self.upvote, self.upvote, self.merge, self.merge]
        steps += [self.react, self.announce, self.take_back, self.erase]
        return await self.chance.choice(steps)()

    async def ask(self) -> httpx.Response:
        """Ask one more question."""
        body = {"body": "Will it rain?"}
        asked = await self.api.call("POST", f"{self.path}/questions", self.somebody.token, body)
        self.questions.extend([asked.json()["id"]] if asked.status_code == 201 else [])
        return asked

    async def upvote(self) -> httpx.Response:
        """Upvote a question, or take an upvote back."""
        if not self.questions:
            return await self.ask()
        upvoted = f"/v1/questions/{self.chance.choice(self.questions)}/upvote"
        method = self.chance.choice(["PUT", "PUT", "DELETE"])
        return await self.api.call(method, upvoted, self.somebody.token)

    async def merge(self) -> httpx.Response:
        """Merge two questions, or undo a merge."""
        if len(self.questions) < 2:
            return await self.ask()
        question, into = self.chance.sample(self.questions, 2)
        merged = f"/v1/questions/{question}/merge"
        if self.chance.random() < 0.4:
            return await self.api.call("DELETE", merged, self.api.organizer_key)
        return await self.api.call("POST", merged, self.api.organizer_key, {"into": into})

    async def react(self) -> httpx.Response:
        """Send reactions."""
        body = {"kind": self.chance.choice(["clap", "heart"]), "count": self.chance.randint(1, 20)}
        return await self.api.call("POST", f"{self.path}/reactions", self.somebody.token, body)

    async def announce(self) -> httpx.Response:
        """Announce something, perhaps for a moment only."""
        ends = datetime.now(UTC) + timedelta(milliseconds=self.chance.randint(50, 400))
        body = {
            "body": "Lunch.",
            **({"expires_at": ends.isoformat()} if self.chance.random() < 0.5 else {}),
        }
        made = await self.api.call(
            "POST", f"{self.path}/announcements", self.api.organizer_key, body
        )
        self.announced.extend([made.json()["id"]] if made.status_code == 201 else [])
        return made

    async def take_back(self) -> httpx.Response:
        """Take the last announcement back."""
        if not self.announced:
            return await self.announce()
        gone = self.announced.pop()
        return await self.api.call(
            "DELETE", f"{self.path}/announcements/{gone}", self.api.organizer_key
        )

    async def erase(self) -> httpx.Response:
        """Erase somebody, now and then."""
        if self.chance.random() < 0.7:
            return await self.upvote()
        gone = f"/v1/participants/{self.somebody.id}"
        return await self.api.call("DELETE", gone, self.api.organizer_key)


@pytest.mark.parametrize("seed", range(3))
async def test_clients_that_miss_answers_end_as_a_fresh_snapshot(api: Api, seed: int) -> None:
    chance = Random(seed)
    event = await api.make_event()
    session = Session(api, event, await crowd(event, 6), chance)
    staff = [FeedReader(api, event, api.organizer_key) for _ in range(2)]
    public = [FreshReader(api, event) for _ in range(2)]

    async def read(reader: FeedReader) -> None:
        before = reader.cursor
        await reader.poll()
        if chance.random() < 0.2:
            # The answer was applied, and its cursor lost: the next one repeats it.
            reader.cursor = before

    for _ in range(80):
        answer = await session.step()
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
