"""Counting again what was acknowledged, and comparing it with what is published. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scripts.rehearsal.ballots import Moves


@dataclass
class Choice:
    """What one attendee said of one thing: the last that was acknowledged, and what may have got through."""

    acknowledged: Moves | None = None
    unanswered: list[Moves] = field(default_factory=list)

    def send(self, moves: Moves) -> None:
        """Note what is sent now: until it is answered it may count or not."""
        self.unanswered.append(moves)

    def acknowledge(self, moves: Moves) -> None:
        """Note that it was answered with a 2xx: from now on nothing else counts."""
        self.acknowledged = moves
        self.unanswered.clear()

    def refuse(self) -> None:
        """Note that what was sent last was refused, so it does not count."""
        self.unanswered.pop()


@dataclass
class Applause:
    """All reactions, by kind: those that were acknowledged, and those that may have got through.

    A reaction that is sent again is counted again, so each is sent once, and nobody's own.
    """

    acknowledged: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Ballot:
    """An attendee's choice beside what the server says of it; `is_known` when the server was asked."""

    choice: Choice
    own: Moves | None = None
    is_known: bool = True


@dataclass(frozen=True)
class Row:
    """One count: what it should be, and what is published."""

    label: str
    expected: int
    published: int

    @property
    def is_right(self) -> bool:
        """Whether the two agree."""
        return self.expected == self.published


@dataclass(frozen=True)
class Recount:
    """One poll, or the upvotes of all questions, counted again."""

    title: str
    voters: Row
    rows: Sequence[Row]
    # Acknowledged votes that the server does not have any more.
    lost: int
    # Votes whose answer is not known, and the server could not be asked: nothing can be said of them.
    unknown: int

    @property
    def miscounted(self) -> list[Row]:
        """The rows that are published wrong."""
        return [row for row in self.rows if not row.is_right]

    @property
    def is_exact(self) -> bool:
        """Whether all that was acknowledged is there, and counted once."""
        return not self.lost and not self.miscounted and self.voters.is_right


def recount(
    title: str,
    ballots: Sequence[Ballot],
    *,
    published_voters: int,
    published: Moves,
    labels: Mapping[str, str],
) -> Recount:
    """Return what the ballots add up to, beside what is published.

    A vote that was never answered counts if the server has it: whether it came through is nobody's
    fault, only what was acknowledged is a promise.
    """
    lost = unknown = 0
    counted: list[Moves] = []
    for ballot in ballots:
        choice = ballot.choice
        held = choice.acknowledged
        if not ballot.is_known:
            unknown += bool(choice.unanswered)
        elif ballot.own in choice.unanswered:
            held = ballot.own
        elif held is not None and ballot.own != held:
            lost += 1
        if held is not None:
            counted.append(held)
    expected: Counter[str] = Counter()
    for moves in counted:
        expected.update(moves)
    voters = Row("voters", len(counted), published_voters)
    names = {**labels, **{key: key for key in published if key not in labels}}
    rows = [Row(name, expected[key], published.get(key, 0)) for key, name in names.items()]
    missing = max(0, voters.expected - voters.published)
    return Recount(title, voters, rows, max(lost, missing), unknown)


def recount_reactions(title: str, applause: Applause, published: Moves) -> Recount:
    """Return the reactions counted again: none that was acknowledged may be missing, none made up."""
    rows = []
    for kind in sorted({*published, *applause.acknowledged}):
        least, count = applause.acknowledged[kind], published.get(kind, 0)
        expected = min(max(count, least), least + applause.unanswered[kind])
        rows.append(Row(kind, expected, count))
    total = Row("reactions", sum(row.expected for row in rows), sum(row.published for row in rows))
    lost = sum(max(0, row.expected - row.published) for row in rows)
    return Recount(title, total, rows, lost, unknown=0)
