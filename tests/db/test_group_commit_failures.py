"""Group commit when the database refuses: who is told what, and how often it is tried."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg
import pytest

from shared.db.connecting import NoConnection
from shared.db.group_commit import GroupCommit
from tests.support.database_errors import (
    deadlock,
    lost_connection,
    refused_connection,
    refused_row,
)


@dataclass
class Scripted:
    """Fails as `failures` say, one for each of the first commits, then writes."""

    failures: list[Exception] = field(default_factory=list)
    poisoned: frozenset[int] = frozenset()
    batches: list[list[int]] = field(default_factory=list)

    async def commit(self, writes: Sequence[int]) -> list[int]:
        """Write, or fail as told."""
        self.batches.append(list(writes))
        await asyncio.sleep(0)
        if self.poisoned & set(writes):
            raise refused_row()
        if self.failures:
            raise self.failures.pop(0)
        return list(writes)

    async def submit_all(self, *writes: int) -> list[int | BaseException]:
        """Submit different writes at once; return each one's answer or error."""
        queue = GroupCommit(self.commit, key=lambda write: write)
        return await asyncio.gather(*map(queue.submit, writes), return_exceptions=True)


async def test_a_row_that_the_database_refuses_fails_alone() -> None:
    scripted = Scripted(poisoned=frozenset({3}))
    answers = await scripted.submit_all(0, 1, 2, 3, 4)
    assert isinstance(answers[3], psycopg.errors.CheckViolation)
    assert answers[:3] + answers[4:] == [0, 1, 2, 4]


@pytest.mark.parametrize("failure", [deadlock, lost_connection])
async def test_a_batch_that_met_another_or_lost_its_connection_is_written_again(
    failure: Callable[[], psycopg.Error],
) -> None:
    scripted = Scripted([failure(), failure()])
    assert await scripted.submit_all(0, 1, 2) == [0, 1, 2]
    assert scripted.batches == [[0, 1, 2]] * 3


@pytest.mark.parametrize("failure", [deadlock, lost_connection])
async def test_a_batch_is_tried_a_few_times_and_then_all_its_callers_are_told(
    failure: Callable[[], psycopg.Error],
) -> None:
    scripted = Scripted([failure() for _ in range(100)])
    answers = await scripted.submit_all(0, 1, 2)
    assert [type(answer) for answer in answers] == [type(failure())] * 3
    assert scripted.batches == [[0, 1, 2]] * 4


async def test_without_a_database_all_callers_are_told_after_one_wait() -> None:
    # Each try may take the connect timeout or the pool's: one by one they would add up to minutes.
    scripted = Scripted([refused_connection() for _ in range(100)])
    answers = await scripted.submit_all(*range(50))
    assert {type(answer) for answer in answers} == {NoConnection}
    assert len(scripted.batches) == 1


async def test_an_answer_for_each_write_is_demanded_and_nobody_is_left_waiting() -> None:
    async def commit_and_answer_too_few(writes: Sequence[int]) -> list[int]:
        return list(writes)[1:]

    queue = GroupCommit(commit_and_answer_too_few, key=lambda write: write)
    async with asyncio.timeout(2):
        answers = await asyncio.gather(*map(queue.submit, range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError] * 3


async def test_a_batch_goes_on_after_one_that_failed() -> None:
    scripted = Scripted([refused_connection()])
    queue = GroupCommit(scripted.commit, key=lambda write: write)
    with pytest.raises(NoConnection):
        await queue.submit(1)
    assert await queue.submit(2) == 2


async def test_the_pause_between_tries_is_drawn_at_random_and_grows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        drawn.append((low, high))
        return 0.0

    monkeypatch.setattr("shared.db.group_commit.random.uniform", draw)
    await Scripted([deadlock() for _ in range(3)]).submit_all(1)
    assert [low for low, _ in drawn] == [0, 0, 0]
    assert [high for _, high in drawn] == sorted({high for _, high in drawn})
