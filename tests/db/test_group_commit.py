"""Group commit by itself: how batches form, keep their order, and answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, settings, strategies

from shared.db.group_commit import MAX_BATCH, GroupCommit
from shared.errors import OvationError, PollClosed, Unavailable

Write = tuple[str, int]


@dataclass
class Ledger:
    """A place to commit to, which can be held up; `batches` are what arrived, in order."""

    batches: list[list[Write]] = field(default_factory=list)
    committed: list[Write] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def commit(self, writes: Sequence[Write]) -> list[str]:
        """Take a batch, and commit it once the ledger is open."""
        self.batches.append(list(writes))
        await self.open.wait()
        self.committed += writes
        return [f"{key}{number} written" for key, number in writes]

    def queue(self, *, max_waiting: int = 20_000, lanes: int = 1) -> GroupCommit[Write, str]:
        """Return a queue of writes that share a row when their key is the same."""
        return GroupCommit(
            self.commit, key=lambda write: write[0], max_waiting=max_waiting, lanes=lanes
        )


async def _turn() -> None:
    """Let everything run that can run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_write_that_comes_alone_is_not_kept_waiting() -> None:
    ledger = Ledger()
    ledger.open.set()
    writing = asyncio.create_task(ledger.queue().submit(("a", 1)))
    await _turn()
    assert writing.done()
    assert ledger.batches == [[("a", 1)]]


async def test_nobody_is_answered_before_the_commit() -> None:
    ledger = Ledger()
    writing = asyncio.create_task(ledger.queue().submit(("a", 1)))
    await _turn()
    assert ledger.batches and not writing.done()
    ledger.open.set()
    assert await writing == "a1 written"


async def test_writes_that_come_during_a_commit_share_the_next_one() -> None:
    ledger = Ledger()
    queue = ledger.queue()
    writing = [asyncio.create_task(queue.submit(("first", 0)))]
    await _turn()
    writing += [asyncio.create_task(queue.submit((f"k{n}", n))) for n in range(40)]
    await _turn()
    ledger.open.set()
    answers = await asyncio.gather(*writing)
    assert [len(batch) for batch in ledger.batches] == [1, 40]
    assert answers[1:] == [f"k{n}{n} written" for n in range(40)]


async def test_two_batches_may_be_under_way_and_the_rest_waits_for_one_of_them() -> None:
    ledger = Ledger()
    queue = ledger.queue(lanes=2)
    writing = []
    for number in range(10):
        writing.append(asyncio.create_task(queue.submit((f"k{number}", number))))
        await _turn()
    assert [len(batch) for batch in ledger.batches] == [1, 1]
    ledger.open.set()
    await asyncio.gather(*writing)
    assert [len(batch) for batch in ledger.batches] == [1, 1, 8]


async def test_a_row_that_is_being_written_is_not_written_beside_it() -> None:
    ledger = Ledger()
    queue = ledger.queue(lanes=2)
    writing = []
    for write in (("a", 1), ("a", 2), ("b", 3), ("a", 4)):
        writing.append(asyncio.create_task(queue.submit(write)))
        await _turn()
    assert ledger.batches == [[("a", 1)], [("b", 3)]]
    ledger.open.set()
    await asyncio.gather(*writing)
    assert ledger.batches[2:] == [[("a", 2)], [("a", 4)]]


async def test_a_batch_has_a_largest_size_and_nothing_is_lost_beyond_it() -> None:
    ledger = Ledger()
    ledger.open.set()
    queue = ledger.queue()
    answers = await asyncio.gather(*(queue.submit((f"k{n}", n)) for n in range(2 * MAX_BATCH + 10)))
    assert len(set(answers)) == len(answers)
    assert max(len(batch) for batch in ledger.batches) == MAX_BATCH
    assert len(ledger.committed) == len(answers)


async def test_what_is_refused_is_raised_to_whoever_wrote_it_alone() -> None:
    async def judge(writes: Sequence[Write]) -> list[str | OvationError]:
        return [PollClosed() if number % 2 else f"{key} written" for key, number in writes]

    queue: GroupCommit[Write, str] = GroupCommit(judge, key=lambda write: write[0])
    submitted = [queue.submit((f"k{number}", number)) for number in range(4)]
    first, second, third, fourth = await asyncio.gather(*submitted, return_exceptions=True)
    assert (first, third) == ("k0 written", "k2 written")
    assert isinstance(second, PollClosed) and isinstance(fourth, PollClosed)
    assert second is not fourth


async def test_writes_of_one_row_never_share_a_batch_and_keep_their_order() -> None:
    ledger = Ledger()
    queue = ledger.queue()
    writes = [("first", 0), ("a", 1), ("a", 2), ("b", 3), ("a", 4), ("b", 5)]
    writing = [asyncio.create_task(queue.submit(write)) for write in writes]
    await _turn()
    ledger.open.set()
    await asyncio.gather(*writing)
    assert ledger.batches == [
        [("first", 0), ("a", 1), ("b", 3)],
        [("a", 2), ("b", 5)],
        [("a", 4)],
    ]


@settings(max_examples=60, deadline=None)
@given(
    strategies.lists(strategies.sampled_from("abcd"), max_size=40),
    strategies.integers(1, 5),
    strategies.integers(1, 3),
    strategies.integers(0, 2**32),
)
async def test_any_mix_of_rows_keeps_each_rows_order(
    rows: list[str], max_batch: int, lanes: int, seed: int
) -> None:
    ledger, chance = Ledger(), Random(seed)
    ledger.open.set()

    async def commit(writes: Sequence[Write]) -> list[str]:
        for _ in range(chance.randrange(5)):
            await asyncio.sleep(0)
        return await ledger.commit(writes)

    queue = GroupCommit(commit, key=lambda write: write[0], max_batch=max_batch, lanes=lanes)
    writes = [(row, number) for number, row in enumerate(rows)]
    answers = await asyncio.gather(*(queue.submit(write) for write in writes))
    assert answers == [f"{row}{number} written" for row, number in writes]
    for batch in ledger.batches:
        assert len({row for row, _ in batch}) == len(batch) <= max_batch
    for row in set(rows):
        numbers = [number for each, number in ledger.committed if each == row]
        assert numbers == sorted(numbers)


async def test_a_full_queue_refuses_and_does_not_write_what_it_refused() -> None:
    ledger = Ledger()
    queue = ledger.queue(max_waiting=3)
    under_way = asyncio.create_task(queue.submit(("first", 0)))
    await _turn()
    waiting = [asyncio.create_task(queue.submit((f"k{n}", n))) for n in range(3)]
    await _turn()
    with pytest.raises(Unavailable):
        await queue.submit(("refused", 1))
    ledger.open.set()
    await asyncio.gather(under_way, *waiting)
    assert ("refused", 1) not in ledger.committed
    assert await queue.submit(("refused", 2)) == "refused2 written"


async def test_a_caller_that_gives_up_does_not_take_the_others_with_it() -> None:
    ledger = Ledger()
    queue = ledger.queue()
    first = asyncio.create_task(queue.submit(("first", 0)))
    await _turn()
    leaving, staying = (asyncio.create_task(queue.submit((key, 1))) for key in "ls")
    await _turn()
    first.cancel()
    leaving.cancel()
    ledger.open.set()
    assert await staying == "s1 written"
    assert leaving.cancelled()
    assert await queue.submit(("next", 1)) == "next1 written"


async def test_a_batch_that_is_cancelled_leaves_nobody_waiting() -> None:
    async def stop(writes: Sequence[Write]) -> list[str]:
        raise asyncio.CancelledError

    queue = GroupCommit(stop, key=lambda write: write[0])
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(1):
            await queue.submit(("a", 1))


async def test_drained_returns_when_everything_taken_is_committed() -> None:
    ledger = Ledger()
    queue = ledger.queue()
    writing = [asyncio.create_task(queue.submit(("same", n))) for n in range(3)]
    await _turn()
    draining = asyncio.create_task(queue.drained())
    await _turn()
    assert not draining.done()
    ledger.open.set()
    await draining
    assert len(ledger.committed) == 3
    await asyncio.gather(*writing)
    await queue.drained()
