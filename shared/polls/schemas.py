"""What the API says and accepts of polls."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel

from shared.polls.kind_schemas import AnyResults, PollKind, with_status
from shared.polls.kinds.base import MAX_OPTIONS, NewOption, PublishedResults, Scale, TextStatus
from shared.polls.values import PollStatus, ResultsVisibility
from shared.polls.vote_schemas import POLL_ID
from shared.schemas import Change, JsonDict, Request, Response, WholeNumber, example
from shared.text import OpenText, Prompt

if TYPE_CHECKING:
    from shared.polls.models import Poll
    from shared.polls.texts import ListedText

_TUESDAY, _FRIDAY = (f"0197f6a0-c0de-7000-8000-00000000000{digit}" for digit in "34")
# Counts, for examples elsewhere too.
RESULTS_EXAMPLE: JsonDict = {
    "poll_id": POLL_ID,
    "final": False,
    "voters": 50,
    "tallies": [{"option_id": _TUESDAY, "votes": 31}, {"option_id": _FRIDAY, "votes": 19}],
}
_TEXT = "More time for questions."


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
    options: Annotated[list[NewOption], Field(max_length=MAX_OPTIONS)] = Field(
        default=[], description="At least two in a choice and a ranking, none in the other kinds"
    )
    max_choices: WholeNumber | None = Field(
        default=None,
        ge=1,
        le=MAX_OPTIONS,
        description="Most options in one vote of a multiple choice, all of them when left out;"
        " most words in one of a word cloud, three when left out",
    )
    scale: Scale | None = Field(
        default=None, description="Of a rating; five steps when left out, not for other kinds"
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
        id=POLL_ID,
        event_id="0197f6a0-c0de-7000-8000-000000000001",
        kind="rating",
        prompt="How was the talk?",
        options=[],
        max_choices=1,
        scale={"steps": 5, "min_label": "Poor", "max_label": "Great"},
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
    scale: Scale | None
    status: PollStatus
    results_visibility: ResultsVisibility
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class PollResults(RootModel[AnyResults]):
    """Counts of a poll, with its state; `tallies` are those of the poll's kind."""

    model_config = example(**RESULTS_EXAMPLE, status="open")


class ReviewText(Request):
    """What becomes of a text that the staff saw."""

    model_config = example(text=_TEXT, status="published")

    text: OpenText = Field(description="As the staff saw it")
    status: Literal["published", "dismissed"]


class ReviewedText(Response):
    """A text of a participant, and what became of it."""

    model_config = example(
        participant_id="0197f6a0-c0de-7000-8000-000000000007", text=_TEXT, status="published"
    )

    participant_id: UUID
    text: str
    status: TextStatus


class TextPage(Response):
    """Texts, newest first; `cursor` asks for the next page, null on the last."""

    model_config = example(
        texts=[
            {
                "participant_id": "0197f6a0-c0de-7000-8000-000000000007",
                "text": _TEXT,
                "status": "pending",
            }
        ],
        cursor="856688730871000_0197f6a0c0de70008000000000000007",
    )

    texts: list[ReviewedText]
    cursor: str | None


def poll_details(poll: "Poll") -> PollDetails:
    """Return the poll as whoever may see it sees it; its options must be loaded."""
    return PollDetails.model_validate(poll, from_attributes=True)


def poll_results(results: PublishedResults, status: str) -> PollResults:
    """Return the poll's counts with its state."""
    return PollResults(root=with_status(results, status))


def text_page(found: Sequence["ListedText"], limit: int) -> TextPage:
    """Return a page of what was found, of which one more than `limit` tells that there is a next."""
    page = found[:limit]
    texts = [ReviewedText.model_validate(each.written, from_attributes=True) for each in page]
    return TextPage(texts=texts, cursor=page[-1].cursor if len(found) > limit else None)
