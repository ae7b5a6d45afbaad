"""So often and no oftener, with an answer that was asked for after whoever is given it had come."""

import asyncio
import time

import pytest

from shared.db.paced_flight import PacedFlight
from shared.errors import NotFound

INTERVAL_S = 0.05


class Counter:
    """Says how often it was asked, a moment later."""

    def __init__(self) -> None:
        self.times: list[float] = []

    async def ask(self, key: str) -> int:
        """Return the number of this time."""
        self.times.append(time.monotonic())
        number = len(self.times)
        await asyncio.sleep(0.01)
        if key == "lost":
            raise NotFound(key)
        return number


async def test_a_crowd_is_answered_at_once_and_together() -> None:
    counter = Counter()
    flights = PacedFlight(counter.ask, interval_s=INTERVAL_S)
    started = time.monotonic()
    assert await asyncio.gather(*(flights.find("a") for _ in range(50))) == [1] * 50
    assert counter.times[0] - started < INTERVAL_S


async def test_who_comes_while_it_is_asked_waits_for_the_next_time_an_interval_later() -> None:
    counter = Counter()
    flights = PacedFlight(counter.ask, interval_s=INTERVAL_S)
    first = asyncio.create_task(flights.find("a"))
    while not counter.times:
        await asyncio.sleep(0)
    assert await asyncio.gather(first, *(flights.find("a") for _ in range(50))) == [1] + [2] * 50
    assert counter.times[1] - counter.times[0] >= INTERVAL_S


async def test_another_key_does_not_wait() -> None:
    counter = Counter()
    flights = PacedFlight(counter.ask, interval_s=60)
    assert [await flights.find(key) for key in "abc"] == [1, 2, 3]


async def test_a_failure_is_everyones_and_is_not_kept() -> None:
    counter = Counter()
    flights = PacedFlight(counter.ask, interval_s=INTERVAL_S)
    outcomes = await asyncio.gather(
        *(flights.find("lost") for _ in range(3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [NotFound] * 3
    with pytest.raises(NotFound):
        await flights.find("lost")
    assert len(counter.times) == 2


async def test_who_gives_up_leaves_the_others_their_answer() -> None:
    counter = Counter()
    flights = PacedFlight(counter.ask, interval_s=INTERVAL_S)
    first, second = (asyncio.create_task(flights.find("a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1
