"""A least-recently-used store that is bounded by what its values cost, not by how many they are."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, KeysView
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedLru(Generic[Key, Value]):
    """Keep values up to `max_cost` in all. To use a value is to put it again: `get` alone stays cheap."""

    def __init__(self, max_cost: int) -> None:
        self.cost = 0
        self._max_cost = max_cost
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._costs: dict[Key, int] = {}
        self.get = self._values.get

    def put(self, key: Key, value: Value, cost: int) -> int:
        """Keep `value` as the youngest, and return how many others had to go for it."""
        self.drop(key)
        self._values[key] = value
        self._costs[key] = cost
        self.cost += cost
        evicted = 0
        while self.cost > self._max_cost:
            self.drop(next(iter(self._values)))
            evicted += 1
        return evicted

    def keys(self) -> KeysView[Key]:
        """Return all keys, from the oldest on."""
        return self._values.keys()

    def drop(self, key: Key) -> None:
        """Forget `key`, if it is there."""
        if self._values.pop(key, None) is not None:
            self.cost -= self._costs.pop(key)

    def drop_oldest_while(self, is_useless: Callable[[Value], bool]) -> None:
        """Forget from the oldest on, until one is of use."""
        while self._values:
            oldest = next(iter(self._values))
            if not is_useless(self._values[oldest]):
                return
            self.drop(oldest)
