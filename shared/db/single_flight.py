"""One question at a time for each thing: a hall that asks for the same at once costs one query."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from shared.db.per_loop import PerLoop

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class SingleFlight(Generic[Key, Found]):
    """Ask `ask` for each key once at a time: whoever asks meanwhile shares the answer or the error.

    Nothing is kept: who asks after the answer asks anew.
    """

    def __init__(self, ask: Callable[[Key], Awaitable[Found]]) -> None:
        self._ask = ask
        self._flights: PerLoop[dict[Key, asyncio.Future[Found]]] = PerLoop(dict)

    async def find(self, key: Key) -> Found:
        """Return what `ask` finds for the key; raise what it raises."""
        flights = self._flights.get()
        flight = flights.get(key)
        if flight is None:
            flight = flights[key] = asyncio.ensure_future(self._ask(key))
            flight.add_done_callback(lambda _: flights.pop(key))
        # Whoever gives up must not take the others' answer away.
        return await asyncio.shield(flight)
