"""What came of a rehearsal, as plain values: what the verdict, the JSON file and the page are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scripts.rehearsal.histogram import Histogram
from scripts.rehearsal.recount import Recount
from scripts.rehearsal.show import Phase

TITLES = {
    "join_event": "Joining",
    "get_changes": "Polling the feed",
    "cast_vote": "Voting",
    "ask_question": "Asking",
    "upvote_question": "Upvoting",
    "send_reaction": "Reacting",
}


@dataclass(frozen=True)
class OperationFigures:
    """All requests of one operation; times in seconds from when each was due."""

    name: str
    sent: int
    errors: int
    p50_s: float
    p95_s: float
    p99_s: float
    longest_s: float

    @property
    def title(self) -> str:
        """What to call it."""
        return TITLES.get(self.name, self.name)


@dataclass(frozen=True)
class ErrorFigures:
    """How often an operation failed for one reason."""

    operation: str
    reason: str
    count: int


@dataclass(frozen=True)
class Staleness:
    """How long until so many of the audience's screens showed what had been acknowledged, seconds."""

    p50_s: float
    p90_s: float
    p95_s: float
    p99_s: float
    all_s: float
    looks: int
    # For 1 %, 2 %, … of the screens: what is drawn.
    curve_s: Sequence[float]

    @classmethod
    def of(cls, seen: Histogram) -> "Staleness":
        """Return the shares of what was seen."""
        curve = [seen.percentile(number / 100) for number in range(1, 101)]
        return cls(curve[49], curve[89], curve[94], curve[98], curve[99], seen.total, curve)


@dataclass(frozen=True)
class Moment:
    """One interval of the show; times in seconds, from its start."""

    start_s: float
    requests_per_s: float
    joins_per_s: float
    errors: int
    polls_p50_s: float
    polls_p99_s: float
    writes_p50_s: float
    writes_p99_s: float


@dataclass(frozen=True)
class Outcome:
    """Everything that is reported."""

    url: str
    ended_at: str
    attendees: int
    minutes: float
    arrival_s: float
    arrival_took_s: float
    arrived: int
    joins_per_s: float
    busiest_joins_per_s: float
    busiest_requests_per_s: float
    slowed_joins: int
    votes: int
    too_late: int
    sent: int
    errors: int
    bytes_received: int
    bytes_sent: int
    connections: int
    resent: int
    took_s: float
    longest_poll_after_s: float
    lateness_p99_s: float
    screens_behind: int
    operations: Sequence[OperationFigures]
    failures: Sequence[ErrorFigures]
    openings: Staleness
    results: Staleness
    polls: Sequence[Recount]
    upvotes: Recount
    reactions: Recount
    moments: Sequence[Moment]
    moment_s: float
    phases: Sequence[Phase]
    environment: dict[str, Any]

    @property
    def recounts(self) -> Sequence[Recount]:
        """All that was counted again."""
        return [*self.polls, self.upvotes, self.reactions]

    @property
    def lost(self) -> int:
        """Acknowledged votes, upvotes and reactions that are gone."""
        return sum(each.lost for each in self.recounts)

    @property
    def miscounted(self) -> int:
        """Options, steps, questions and kinds of reaction whose published count is wrong."""
        return sum(len(each.miscounted) for each in self.recounts)

    @property
    def wrong_totals(self) -> int:
        """Polls whose published number of voters is wrong."""
        return sum(not each.voters.is_right for each in self.recounts)

    @property
    def unknown(self) -> int:
        """Votes of which nobody can say whether they count."""
        return sum(each.unknown for each in self.recounts)

    @property
    def errors_share(self) -> float:
        """The part of all requests that failed, 0 to 1."""
        return self.errors / self.sent if self.sent else 0.0

    def operation(self, name: str) -> OperationFigures | None:
        """Return the figures of one operation, None when there was none."""
        return next((each for each in self.operations if each.name == name), None)
