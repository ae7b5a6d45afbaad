"""Millions of durations in a few hundred numbers, exact to 2 %."""

import math
from collections import Counter

_GROWTH = 1.02
_SHORTEST_S = 0.0001


class Histogram:
    """Durations in seconds, in buckets that grow by 2 %; some may never have ended."""

    def __init__(self) -> None:
        """Begin empty."""
        self._counts: Counter[int] = Counter()
        self.total = 0
        self.never = 0
        self.longest_s = 0.0

    def add(self, seconds: float) -> None:
        """Take in one duration."""
        bucket = math.ceil(math.log(max(seconds, _SHORTEST_S) / _SHORTEST_S, _GROWTH))
        self._counts[bucket] += 1
        self.total += 1
        self.longest_s = max(self.longest_s, seconds)

    def add_never(self, times: int = 1) -> None:
        """Take in what had not ended when the rehearsal did: longer than anything else."""
        self.never += times
        self.total += times

    def percentile(self, share: float) -> float:
        """Return what `share` (0 to 1) of the durations do not exceed, by nearest rank.

        In seconds, up to 2 % too high; infinite where it never ended, 0 when there is no duration.
        """
        rank = max(1, math.ceil(share * self.total))
        if self.total == 0:
            return 0.0
        for bucket, count in sorted(self._counts.items()):
            rank -= count
            if rank <= 0:
                return min(_SHORTEST_S * _GROWTH**bucket, self.longest_s)
        return math.inf
