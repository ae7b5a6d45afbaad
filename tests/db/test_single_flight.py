"""One question at a time for each thing, and an answer for all who asked."""

import asyncio
from collections import Counter

import pytest

from shared.db.single_flight import SingleFlight
from shared.errors import NotFound


class Library:
    """Takes a while to find something, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.open = asyncio.Event()

    async def find(self, title: str) -> str:
        """Find a book once the library is open."""
        self.asked[title] += 1
        await self.open.wait()
        if title == "lost":
            raise NotFound(title)
        return f"the {title}"


async def test_those_who_ask_meanwhile_share_the_answer_and_those_after_ask_anew() -> None:
    library = Library()
    flights = SingleFlight(library.find)
    asking = [asyncio.create_task(flights.find(title)) for title in ("atlas", "bible") * 20]
    await asyncio.sleep(0)
    library.open.set()
    assert await asyncio.gather(*asking) == ["the atlas", "the bible"] * 20
    assert library.asked == {"atlas": 1, "bible": 1}
    await flights.find("atlas")
    assert library.asked["atlas"] == 2


async def test_a_failure_is_everyones_and_is_not_kept() -> None:
    library = Library()
    flights = SingleFlight(library.find)
    asking = [asyncio.create_task(flights.find("lost")) for _ in range(5)]
    await asyncio.sleep(0)
    library.open.set()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [NotFound] * 5
    with pytest.raises(NotFound):
        await flights.find("lost")
    assert library.asked["lost"] == 2


async def test_who_gives_up_leaves_the_others_their_answer() -> None:
    library = Library()
    flights = SingleFlight(library.find)
    first, second = (asyncio.create_task(flights.find("atlas")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    library.open.set()
    assert await second == "the atlas"
    assert library.asked == {"atlas": 1}
