"""Group commit: concurrent hot writes share one statement and one commit.

A write that comes alone is written at once. Those that come while commits are under way wait for
one of them to end, and form the next batch: no timer, so nothing is added when idle, and a batch grows
just as large as the load makes it. Each caller gets its own answer, and gets it after the commit.

Two commits may be under way at a time, so that neither the process nor the database waits for the other.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.db.per_loop import PerLoop
from shared.db.retry import is_conflict, is_lost_connection, is_unavailable
from shared.errors import OvationError, Unavailable

Write = TypeVar("Write")
Outcome = TypeVar("Outcome")

MAX_BATCH = 256
MAX_WAITING = 20_000
LANES = 2
_ATTEMPTS = 4


@dataclass(slots=True)
class _Waiting(Generic[Write, Outcome]):
    write: Write
    answer: "asyncio.Future[Outcome | OvationError]"


class GroupCommit(Generic[Write, Outcome]):
    """Gather writes of one kind into batches on one event loop.

    `commit` writes a batch in one transaction and returns for each write, in order, its outcome or why it was
    refused. It must be safe to run again after a lost connection, when the first run may have been committed.
    `key` tells which writes touch the same row: two of them are never under way together, and keep
    their order. Up to `lanes` batches are under way at a time.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Write]], Awaitable[Sequence[Outcome | OvationError]]],
        *,
        key: Callable[[Write], Hashable],
        max_batch: int = MAX_BATCH,
        max_waiting: int = MAX_WAITING,
        lanes: int = LANES,
    ) -> None:
        self._commit = commit
        self._key = key
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._lanes = lanes
        self._queue: deque[_Waiting[Write, Outcome]] = deque()
        self._under_way: set[Hashable] = set()
        self._busy_lanes = 0
        self._drains: set[asyncio.Task[None]] = set()

    async def submit(self, write: Write) -> Outcome:
        """Return the outcome of `write` once it is committed.

        Raise why it was refused, or `Unavailable` when the queue is full (nothing was written), else what
        `commit` raised.
        """
        if len(self._queue) >= self._max_waiting:
            raise Unavailable("Too many writes are waiting. Nothing was changed; try again.")
        answer: asyncio.Future[Outcome | OvationError] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(write, answer))
        if self._busy_lanes < self._lanes:
            self._busy_lanes += 1
            drain = asyncio.create_task(self._write_all())
            self._drains.add(drain)
            drain.add_done_callback(self._drains.discard)
        outcome = await answer
        if isinstance(outcome, OvationError):
            raise outcome
        return outcome

    async def drained(self) -> None:
        """Return when nothing waits any more (for a clean stop)."""
        while self._drains:
            await asyncio.wait(self._drains)

    async def _write_all(self) -> None:
        try:
            while batch := self._next_batch():
                await self._write_alone(batch)
        finally:
            self._busy_lanes -= 1

    async def _write_alone(self, batch: list[_Waiting[Write, Outcome]]) -> None:
        """Write a batch whose rows no other lane touches meanwhile."""
        keys = {self._key(waiting.write) for waiting in batch}
        self._under_way |= keys
        try:
            await self._write_batch(batch)
        finally:
            self._under_way -= keys
            for waiting in batch:
                # Only when the lane itself is cancelled: nobody is left waiting for it.
                waiting.answer.cancel()

    def _next_batch(self) -> list[_Waiting[Write, Outcome]]:
        """Take the next writes whose rows nobody is writing; of each row the first."""
        batch: list[_Waiting[Write, Outcome]] = []
        keys = set(self._under_way)
        later: list[_Waiting[Write, Outcome]] = []
        while self._queue and len(batch) < self._max_batch:
            waiting = self._queue.popleft()
            key = self._key(waiting.write)
            if key in keys:
                later.append(waiting)
            else:
                keys.add(key)
                batch.append(waiting)
        self._queue.extendleft(reversed(later))
        return batch

    async def _write_batch(self, batch: list[_Waiting[Write, Outcome]]) -> None:
        try:
            outcomes = await self._commit_again([waiting.write for waiting in batch])
            answers = list(zip(batch, outcomes, strict=True))
        except Exception as error:
            # When the database is away, trying each alone would wait as often as there are writes.
            if len(batch) == 1 or is_unavailable(error):
                _fail(batch, error)
                return
            # One poisoned row must not fail its neighbours: let each stand alone.
            for waiting in batch:
                await self._write_batch([waiting])
            return
        for waiting, outcome in answers:
            if not waiting.answer.done():
                waiting.answer.set_result(outcome)

    async def _commit_again(self, writes: list[Write]) -> Sequence[Outcome | OvationError]:
        for attempt in range(1, _ATTEMPTS):
            try:
                return await self._commit(writes)
            except Exception as error:
                if not (is_conflict(error) or is_lost_connection(error)):
                    raise
            # Full jitter, so that two processes that met do not meet again.
            await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))  # nosec B311
        return await self._commit(writes)


def _fail(batch: Sequence[_Waiting[Write, Outcome]], error: Exception) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)


_queues: list["QueuePerLoop[Any, Any]"] = []


class QueuePerLoop(PerLoop[GroupCommit[Write, Outcome]]):
    """The queue of one kind of hot write, one per event loop; known to `drain_queues`."""

    def __init__(
        self,
        commit: Callable[[Sequence[Write]], Awaitable[Sequence[Outcome | OvationError]]],
        *,
        key: Callable[[Write], Hashable],
    ) -> None:
        super().__init__(lambda: GroupCommit(commit, key=key))
        _queues.append(self)


async def drain_queues() -> None:
    """Return when every hot write that the running loop took is committed or answered."""
    for queue in _queues:
        await queue.get().drained()
