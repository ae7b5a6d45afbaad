"""How stale the screens are: from an acknowledgement to the first poll that shows it, for everyone.

Results are sums, so which vote is in them is not to be seen. Votes are acknowledged in an order,
though, and once v voters are shown at least as many votes are: the n-th vote that was acknowledged
is taken as shown when the first n are. About fifty votes of each poll are followed like that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.rehearsal.histogram import Histogram

_FOLLOWED = 50


@dataclass
class Watch:
    """What one attendee's screen has shown so far."""

    since: float
    opened: set[str] = field(default_factory=set)
    voters: dict[str, int] = field(default_factory=dict)
    final: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class Visibility:
    """When polls were opened and votes acknowledged, and how long that took to show."""

    def __init__(self, audience: int) -> None:
        """Follow polls and votes for so many attendees."""
        self._every = max(1, audience // _FOLLOWED)
        self._opened: dict[str, float] = {}
        self._acknowledged: dict[str, list[float]] = {}
        self.openings = Histogram()
        self.votes = Histogram()

    def open(self, poll_id: str, at: float) -> None:
        """Note that a poll opens; again once that is acknowledged, since a screen may be faster."""
        self._opened[poll_id] = at
        self._acknowledged.setdefault(poll_id, [])

    def vote(self, poll_id: str, at: float) -> None:
        """Note that somebody's first vote in a poll was acknowledged."""
        self._acknowledged[poll_id].append(at)

    def voters_of(self, poll_id: str) -> int:
        """Return how many votes were acknowledged in a poll."""
        return len(self._acknowledged.get(poll_id, ()))

    def show_poll(self, watch: Watch, poll: Mapping[str, Any], at: float) -> None:
        """Note that a screen shows a poll."""
        opened_at = self._opened.get(poll["id"])
        if opened_at is None or poll["id"] in watch.opened:
            return
        watch.opened.add(poll["id"])
        if watch.since < opened_at:
            self.openings.add(max(0.0, at - opened_at))

    def show_results(self, watch: Watch, results: Mapping[str, Any], at: float) -> None:
        """Note that a screen shows results."""
        poll_id = results["poll_id"]
        acknowledged = self._acknowledged.get(poll_id, [])
        before = watch.voters.get(poll_id, 0)
        now = max(before, results["voters"])
        for rank in self._followed(before, min(now, len(acknowledged))):
            if watch.since < acknowledged[rank]:
                self.votes.add(max(0.0, at - acknowledged[rank]))
        watch.voters[poll_id] = now
        if results["final"]:
            watch.final[poll_id] = results

    def close(self, watch: Watch) -> None:
        """Note what a screen never showed."""
        for poll_id, opened_at in self._opened.items():
            if poll_id not in watch.opened and watch.since < opened_at:
                self.openings.add_never()
            acknowledged = self._acknowledged[poll_id]
            unseen = self._followed(watch.voters.get(poll_id, 0), len(acknowledged))
            self.votes.add_never(sum(watch.since < acknowledged[rank] for rank in unseen))

    def _followed(self, start: int, stop: int) -> range:
        first = -(-start // self._every) * self._every
        return range(first, stop, self._every)
