"""How long and how often things are measured."""

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.local.terminal import say


@dataclass(frozen=True)
class Pace:
    """`repeats` measurements of `seconds` each, and `crowd_s` for what needs a crowd to settle.

    `connections` are the most that are opened to see what one takes, `starts` those of each function.
    """

    repeats: int
    seconds: float
    crowd_s: float
    starts: int
    connections: int

    def each(self, key: str) -> Iterator[int]:
        """Yield the number of each repeat, and say which one it is."""
        for repeat in range(1, self.repeats + 1):
            say(f"  {key} {repeat}/{self.repeats}")
            yield repeat


FULL = Pace(repeats=5, seconds=3, crowd_s=8, starts=5, connections=20_000)
QUICK = Pace(repeats=1, seconds=1, crowd_s=2.5, starts=1, connections=6_000)
