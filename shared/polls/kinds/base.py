"""What a kind of poll decides: what may be asked and voted, how it counts, what is shown of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from pydantic import Field

from shared.errors import FieldError
from shared.schemas import Request, Response, WholeNumber, example
from shared.text import Label

MAX_OPTIONS = 50
# The counter that every kind moves by one per vote.
VOTERS = "voters"
# Small enough for the sum over a million votes to be a bigint.
_FINGERPRINT_BYTES = 5

TextStatus = Literal["pending", "published", "dismissed"]


class NewOption(Request):
    """One of the answers that a new poll offers."""

    model_config = example(label="Tuesday")

    label: Label


class Scale(Request):
    """The steps of a rating, from 1, and what its ends mean."""

    model_config = example(steps=5, min_label="Not at all", max_label="Very much")

    steps: Annotated[WholeNumber, Field(ge=2, le=10)] = 5
    min_label: Label | None = None
    max_label: Label | None = None


class NewPoll(Protocol):
    """What a kind looks at in a request to make a poll."""

    @property
    def options(self) -> Sequence[NewOption]:
        """The answers that it shall offer."""

    @property
    def max_choices(self) -> int | None:
        """The most answers in one vote."""

    @property
    def scale(self) -> Scale | None:
        """The steps of a rating."""


@dataclass(frozen=True, slots=True)
class PollDefinition:
    """What of a poll never changes once it is made, so that a process may keep it."""

    id: UUID
    event_id: UUID
    kind: str
    option_ids: tuple[UUID, ...]
    max_choices: int
    # Of its scale; 0 where it has none.
    steps: int = 0


@dataclass(frozen=True, slots=True)
class CountedBallot:
    """A valid ballot in its one normal form, and the counter moves that it makes."""

    ballot: Response
    counts: Mapping[str, int]
    ballot_json: str
    counts_json: str


def counted_ballot(ballot: Response, counts: Mapping[str, int]) -> CountedBallot:
    """Return the ballot with what the vote's row will hold, encoded once."""
    return CountedBallot(ballot, counts, ballot.model_dump_json(), json.dumps(dict(counts)))


def fingerprint(text: str) -> int:
    """Return a number that stands for the text.

    A kind that has no counter for each answer adds it to one counter, which then moves whenever the
    answer changes: that is how the tick learns of it.
    """
    digest = blake2b(text.encode(), digest_size=_FINGERPRINT_BYTES).digest()
    return int.from_bytes(digest)


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text that a participant wrote, and whether it may be shown."""

    participant_id: UUID
    text: str
    status: TextStatus


@dataclass(frozen=True, slots=True)
class Counted:
    """What the results of a poll are made of, for one audience."""

    poll_id: UUID
    final: bool
    option_ids: Sequence[UUID]
    steps: int
    # The counters' sums; of those that the kind ranks only the largest, the largest first.
    counts: Mapping[str, int]
    # Newest first, those that this audience may see; of a kind that shows texts only.
    texts: Sequence[WrittenText] = ()
    for_staff: bool = False

    def common(self) -> dict[str, Any]:
        """Return the fields that the results of every kind have."""
        voters = self.counts.get(VOTERS, 0)
        return {"poll_id": self.poll_id, "final": self.final, "voters": voters}


class PublishedResults(Response):
    """Counts of a poll as the feed shows them; each kind adds its own `tallies`."""

    poll_id: UUID
    final: bool = Field(description="The poll is closed: the counts do not change any more")
    voters: int = Field(description="Participants who have a vote in this poll")


class Kind(Protocol):
    """The rules of one kind: pure functions on values."""

    @property
    def field(self) -> str:
        """The one field of a vote of this kind."""

    @property
    def answer(self) -> Any:
        """The type of that field in a request."""

    @property
    def ballot(self) -> type[Response]:
        """The vote as it is stored, and as its participant sees it."""

    @property
    def results(self) -> Sequence[type[PublishedResults]]:
        """What `publish` may return."""

    @property
    def ranked(self) -> str | None:
        """The prefix of counters of which there may be any number, so that only the largest are read."""

    @property
    def shows_texts(self) -> bool:
        """Whether the results hold what participants wrote, word for word."""

    def check_definition(self, poll: NewPoll) -> list[FieldError]:
        """Return what is wrong with a new poll of this kind."""

    def max_choices(self, poll: NewPoll) -> int:
        """Return how many answers one vote may hold."""

    def scale(self, poll: NewPoll) -> Scale | None:
        """Return the scale of a new poll; None where this kind has none."""

    def count(self, poll: PollDefinition, answer: Any) -> CountedBallot:
        """Return the vote as it is stored and counted; raise `InvalidRequest` when it breaks a rule."""

    def publish(self, counted: Counted) -> PublishedResults:
        """Return the published results."""

    def export_row(
        self, labels: Mapping[UUID, str], ballot: Mapping[str, Any]
    ) -> Sequence[str | int]:
        """Return a stored ballot as flat cells, the options by their labels."""


class KindDefaults:
    """What most kinds have in common."""

    ranked: str | None = None
    shows_texts = False

    def check_definition(self, poll: NewPoll) -> list[FieldError]:
        """Refuse what belongs to other kinds: options, choices and a scale."""
        errors = []
        for name in ("options", "max_choices", "scale"):
            if getattr(poll, name):
                errors.append(FieldError(("body", name), "does not belong to this kind of poll"))
        return errors

    def max_choices(self, poll: NewPoll) -> int:
        """Return one."""
        return 1

    def scale(self, poll: NewPoll) -> Scale | None:
        """Return none."""
        return None


def option_errors(poll: NewPoll) -> list[FieldError]:
    """Return what is wrong with the options of a poll that needs some: too few, or two that look the same."""
    labels = [option.label for option in poll.options]
    if len(labels) < 2:
        return [FieldError(("body", "options"), "must hold at least 2 options")]
    return [
        FieldError(("body", "options", position, "label"), "must differ from the other options")
        for position, label in enumerate(labels)
        if label in labels[:position]
    ]


def option_counter(option_id: UUID) -> str:
    """Return the counter of one option."""
    return f"option:{option_id}"


def foreign_options(poll: PollDefinition, field: str, answer: Sequence[UUID]) -> list[FieldError]:
    """Return what in an answer is no option of the poll."""
    return [
        FieldError(("body", field, position), "is no option of this poll")
        for position, option_id in enumerate(answer)
        if option_id not in poll.option_ids
    ]
