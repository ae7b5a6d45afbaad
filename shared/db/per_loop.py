"""One instance of something per event loop, since pools, queues and tasks belong to a loop."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Made = TypeVar("Made")


class PerLoop(Generic[Made]):
    """Make one `Made` for each event loop, at the first use on it."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, Made] = WeakKeyDictionary()

    def get(self) -> Made:
        """Return the running loop's instance."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._make()
        return self._made[loop]

    def pop(self) -> Made | None:
        """Forget and return the running loop's instance, None when it has none."""
        return self._made.pop(asyncio.get_running_loop(), None)
