"""What the API says and accepts of polls."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.polls.models import Poll, PollKind, PollStatus, ResultsVisibility
from shared.schemas import Change, JsonDict, Request, Response, WholeNumber, example
from shared.text import Label, Prompt

MAX_OPTIONS = 50

_POLL_ID = "0197f6a0-c0de-7000-8000-000000000002"
_TUESDAY, _FRIDAY = (f"0197f6a0-c0de-7000-8000-00000000000{digit}" for digit in "34")
# A ballot and the counts that it is in, for examples elsewhere too.
BALLOT_EXAMPLE: JsonDict = {"option_ids": [_TUESDAY]}
RESULTS_EXAMPLE: JsonDict = {
    "poll_id": _POLL_ID,
    "final": False,
    "voters": 50,
    "tallies": [{"option_id": _TUESDAY, "votes": 31}, {"option_id": _FRIDAY, "votes": 19}],
}


class NewOption(Request):
    """One of the answers that a new poll offers."""

    model_config = example(label="Tuesday")

    label: Label


class CreatePoll(Request):
    """A new poll, made as a draft."""

    model_config = example(
        kind="single_choice",
        prompt="When shall we meet?",
        options=[{"label": "Tuesday"}, {"label": "Friday"}],
        results_visibility="live",
    )

    kind: PollKind
    prompt: Prompt
    options: Annotated[list[NewOption], Field(min_length=2, max_length=MAX_OPTIONS)]
    max_choices: WholeNumber | None = Field(
        default=None,
        ge=1,
        le=MAX_OPTIONS,
        description="Most options in one vote of a multiple choice; all of them when left out",
    )
    results_visibility: ResultsVisibility = "live"


class UpdatePoll(Change):
    """Fields to change; what is left out stays."""

    model_config = example(status="open")

    status: PollStatus | None = None
    results_visibility: ResultsVisibility | None = None
    prompt: Prompt | None = None


class Option(Response):
    """One of the answers that a poll offers."""

    id: UUID
    label: str


class PollDetails(Response):
    """A poll without its counts."""

    model_config = example(
        id=_POLL_ID,
        event_id="0197f6a0-c0de-7000-8000-000000000001",
        kind="single_choice",
        prompt="When shall we meet?",
        options=[{"id": _TUESDAY, "label": "Tuesday"}, {"id": _FRIDAY, "label": "Friday"}],
        max_choices=1,
        status="closed",
        results_visibility="live",
        created_at="2027-03-01T09:00:00Z",
        opened_at="2027-03-01T09:05:12.004000Z",
        closed_at="2027-03-01T09:15:30.420000Z",
    )

    id: UUID
    event_id: UUID
    kind: PollKind
    prompt: str
    options: list[Option]
    max_choices: int
    status: PollStatus
    results_visibility: ResultsVisibility
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class OptionTally(Response):
    """How many votes one option has."""

    option_id: UUID
    votes: int


class PublishedResults(Response):
    """Counts of a poll as the feed shows them."""

    model_config = example(**RESULTS_EXAMPLE)

    poll_id: UUID
    final: bool = Field(description="The poll is closed: the counts do not change any more")
    voters: int = Field(description="Participants who have a vote in this poll")
    tallies: list[OptionTally] = Field(description="One per option, in the poll's order")


class PollResults(PublishedResults):
    """Counts of a poll, with its state."""

    model_config = example(**RESULTS_EXAMPLE, status="open")

    status: PollStatus


class CastVote(Request):
    """A vote."""

    model_config = example(**BALLOT_EXAMPLE)

    option_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_OPTIONS)]


class Ballot(Response):
    """What a participant voted for, in the poll's order."""

    option_ids: list[UUID]


class VoteReceipt(Response):
    """The participant's vote as it is committed; nulls when there is none (any more)."""

    model_config = example(
        poll_id=_POLL_ID, vote=BALLOT_EXAMPLE, cast_at="2027-03-01T09:06:30.871000Z"
    )

    poll_id: UUID
    vote: Ballot | None
    cast_at: datetime | None


def poll_details(poll: Poll) -> PollDetails:
    """Return the poll as whoever may see it sees it; its options must be loaded."""
    return PollDetails.model_validate(poll, from_attributes=True)


def published_results(
    poll: Poll, *, voters: int, tallies: Sequence[OptionTally]
) -> PublishedResults:
    """Return the poll's counts as the feed shows them."""
    final = poll.status in ("closed", "archived")
    return PublishedResults(poll_id=poll.id, final=final, voters=voters, tallies=list(tallies))
