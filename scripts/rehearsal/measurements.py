"""What was sent, how it was answered, and how long that took, in all and over time."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from scripts.rehearsal.failures import NoAnswer
from scripts.rehearsal.histogram import Histogram
from scripts.rehearsal.http_client import Answer, Traffic

# More pictures than this many columns are no better to read.
_COLUMNS = 120
POLLING = "get_changes"


@dataclass
class Operation:
    """All requests of one operation; durations count from when each was due, answered or not."""

    name: str
    durations: Histogram = field(default_factory=Histogram)
    sent: int = 0
    errors: int = 0


@dataclass
class Interval:
    """What happened within one piece of the rehearsal."""

    answered: int = 0
    joined: int = 0
    errors: int = 0
    polls: Histogram = field(default_factory=Histogram)
    writes: Histogram = field(default_factory=Histogram)


class Measurements:
    """Everything that is measured at the attendees' side."""

    def __init__(self, *, started_at: float, expected_s: float) -> None:
        """Begin at `started_at` (perf_counter's seconds), to go on for about `expected_s`."""
        self.started_at = started_at
        self.interval_s = max(1.0, expected_s / _COLUMNS)
        self.operations: dict[str, Operation] = {}
        self.intervals: defaultdict[int, Interval] = defaultdict(Interval)
        self.errors: Counter[tuple[str, str]] = Counter()
        self.traffic = Traffic()
        # How late this computer itself was: what is measured is no better than that.
        self.lateness = Histogram()
        self.longest_poll_after_s = 0.0

    def record(
        self, name: str, due: float, now: float, outcome: Answer | NoAnswer, *, is_error: bool
    ) -> None:
        """Take in one request that was due at `due` and ended at `now`, well or not."""
        operation = self.operations.get(name)
        if operation is None:
            operation = self.operations[name] = Operation(name)
        interval = self.intervals[int((now - self.started_at) / self.interval_s)]
        operation.sent += 1
        operation.durations.add(now - due)
        (interval.polls if name == POLLING else interval.writes).add(now - due)
        if is_error:
            operation.errors += 1
            interval.errors += 1
            self.errors[name, reason_of(outcome)] += 1
        else:
            interval.answered += 1
            interval.joined += name == "join_event"

    @property
    def sent(self) -> int:
        """All requests."""
        return sum(operation.sent for operation in self.operations.values())

    @property
    def failed(self) -> int:
        """All requests that should have been answered otherwise, or at all."""
        return sum(operation.errors for operation in self.operations.values())


def reason_of(outcome: Answer | NoAnswer) -> str:
    """Return why a request failed, in a few words: its status and code, or why no answer came."""
    if isinstance(outcome, NoAnswer):
        return f"no answer: {outcome}"
    return f"{outcome.status} {outcome.code}".strip()
