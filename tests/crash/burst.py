"""A hall that votes at once, with clients that behave: each asks again until it is told what became of it."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from random import Random

from scripts.benchmarks.clients import Connection, ballot_request
from scripts.local.processes import wait_for
from tests.support.api import Json, Participant
from tests.support.kinds import as_kept, random_vote

VOTES = 2_000
REPEATED, CHANGED = 0.05, 0.10
LINES = 32
# How long each line rests before a vote: no strike comes after the burst, and some votes are under way.
REST_S = 0.03
# No answer takes longer than the pool's and the database's patience together.
LONGEST_ANSWER_S = 30
LONGEST_BURST_S = 120
TOO_FAST = 429
TRY_AGAIN = (TOO_FAST, 503)


@dataclass
class Line:
    """A connection that is opened again when it broke."""

    port: int
    _connection: Connection | None = None

    async def send(self, request: bytes) -> int | None:
        """Return the status of the answer, None when the connection ended without one."""
        try:
            async with asyncio.timeout(LONGEST_ANSWER_S):
                if self._connection is None:
                    _, self._connection = await asyncio.get_running_loop().create_connection(
                        Connection, "127.0.0.1", self.port
                    )
                status, _ = await self._connection.send(request)
                return status
        except ConnectionError:
            self.close()
            return None

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


@dataclass
class Voter:
    """What somebody wants to vote in a poll, one vote after the other, and what it was told of it."""

    participant: Participant
    poll: Json
    wishes: list[Json]
    # The vote of its last 200, and those sent since then that got no answer which settles them.
    acknowledged: Json | None = None
    unsettled: list[Json] = field(default_factory=list)

    def settle(self, wish: Json) -> None:
        """Take in that a vote was acknowledged: those before it are overwritten."""
        self.acknowledged = wish
        self.unsettled.clear()

    def may_stand(self) -> Sequence[Json | None]:
        """Return what its row may hold; None for no row."""
        return [self.acknowledged, *self.unsettled]


def voters(people: list[Participant], polls: list[Json], seed: int) -> list[Voter]:
    """Let everyone wish for something in one of the polls, some twice, and some for another later."""
    chance = Random(seed)
    return [
        Voter(person, poll, _wishes(chance, poll)) for person, poll in zip(people, cycle(polls))
    ]


def _wishes(chance: Random, poll: Json) -> list[Json]:
    first, fate = _wish(chance, poll), chance.random()
    if fate < REPEATED:
        return [first, first]
    if fate < REPEATED + CHANGED:
        return [first, _wish(chance, poll)]
    return [first]


def _wish(chance: Random, poll: Json) -> Json:
    return as_kept(poll, random_vote(poll, chance))


@dataclass
class Burst:
    """Everyone votes, over several connections at once; `statuses` counts the answers, None for none."""

    port: int
    polls: list[Json]
    voters: Sequence[Voter]
    # The status that acknowledges.
    accepted: int = 200
    statuses: Counter[int | None] = field(default_factory=Counter)
    sent: int = 0
    # Whoever closes the poll says so here once it is told; what is accepted later is a mistake.
    is_closed: bool = False
    accepted_after_the_close: list[Voter] = field(default_factory=list)
    _course: Future[None] | None = None

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Let them vote, in another thread, during the context and until all are done."""
        with ThreadPoolExecutor(1) as thread:
            self._course = thread.submit(asyncio.run, self._vote())
            yield
            self._course.result()

    def wait_for_acknowledged(self, votes: int) -> None:
        """Return when so many votes have been acknowledged; the burst must not be over then."""
        assert self._course is not None
        course = self._course
        wait_for(
            lambda: self.statuses[self.accepted] >= votes or course.done(),
            LONGEST_BURST_S,
            step_s=0.002,
        )
        assert not course.done(), f"the burst is over: {self.statuses}"

    async def _vote(self) -> None:
        free: asyncio.Queue[Line] = asyncio.Queue()
        lines = [Line(self.port) for _ in range(LINES)]
        for line in lines:
            free.put_nowait(line)
        queue = iter(self.voters)
        try:
            async with asyncio.timeout(LONGEST_BURST_S), asyncio.TaskGroup() as tasks:
                for _ in lines:
                    tasks.create_task(self._serve(queue, free))
        finally:
            for line in lines:
                line.close()

    async def _serve(self, queue: Iterator[Voter], free: asyncio.Queue[Line]) -> None:
        for voter in queue:
            for wish in voter.wishes:
                await asyncio.sleep(REST_S)
                if not await self._insist(voter, wish, free):
                    break

    def request(self, voter: Voter, wish: Json) -> bytes:
        """Return what somebody sends for a wish."""
        return ballot_request(voter.poll, voter.participant.token, wish)

    async def _insist(self, voter: Voter, wish: Json, free: asyncio.Queue[Line]) -> bool:
        """Send a vote, over whichever connection is free, until it is acknowledged or refused."""
        request = self.request(voter, wish)
        while True:
            status = await self._send(voter, request, free)
            if status == self.accepted:
                voter.settle(wish)
                return True
            if status == 409:
                return False
            assert status is None or status in TRY_AGAIN, f"a vote was answered {status}"
            if status != TOO_FAST:
                voter.unsettled.append(wish)
            await asyncio.sleep(0.1)

    async def _send(self, voter: Voter, request: bytes, free: asyncio.Queue[Line]) -> int | None:
        line = await free.get()
        is_late = self.is_closed
        self.sent += 1
        try:
            status = await line.send(request)
        finally:
            free.put_nowait(line)
        self.statuses[status] += 1
        if status == self.accepted and is_late:
            self.accepted_after_the_close.append(voter)
        return status
