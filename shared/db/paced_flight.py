"""The same question of many, asked so often and no oftener, with an answer no older than each asker."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from shared.db.per_loop import PerLoop

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class PacedFlight(Generic[Key, Found]):
    """Ask `ask` for each key at most once in `interval_s`; who comes meanwhile waits for the next time.

    Unlike what `SingleFlight` shares, the answer was asked for after everyone who is given it had come.
    """

    def __init__(self, ask: Callable[[Key], Awaitable[Found]], *, interval_s: float) -> None:
        self._ask = ask
        self._interval_s = interval_s
        self._next: PerLoop[dict[Key, asyncio.Future[Found]]] = PerLoop(dict)
        self._asked_at: dict[Key, float] = {}

    async def find(self, key: Key) -> Found:
        """Return what `ask` finds for the key from now on; raise what it raises."""
        flights = self._next.get()
        flight = flights.get(key)
        if flight is None:
            flight = flights[key] = asyncio.ensure_future(self._ask_in_time(key))
        # Whoever gives up must not take the others' answer away.
        return await asyncio.shield(flight)

    async def _ask_in_time(self, key: Key) -> Found:
        try:
            await asyncio.sleep(
                self._asked_at.get(key, -self._interval_s) + self._interval_s - _now()
            )
        finally:
            # Who comes from here on may know of more than what is asked for now.
            del self._next.get()[key]
        self._forget_old()
        self._asked_at[key] = _now()
        return await self._ask(key)

    def _forget_old(self) -> None:
        old = _now() - self._interval_s
        for key in [key for key, asked_at in self._asked_at.items() if asked_at < old]:
            del self._asked_at[key]


def _now() -> float:
    return time.monotonic()
