"""What the API says and accepts of questions."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import Field

from shared.questions.values import QuestionStatus
from shared.schemas import Change, Flag, JsonDict, Request, Response, example
from shared.text import Body

if TYPE_CHECKING:
    from shared.questions.models import Question

_REPLY: JsonDict = {
    "id": "0197f6a0-c0de-7000-8000-000000000006",
    "author_name": "Ada",
    "body": "Yes, tomorrow.",
    "created_at": "2027-03-01T09:21:40.118000Z",
}
# A question as everyone sees it, for examples elsewhere too.
QUESTION_EXAMPLE: JsonDict = {
    "id": "0197f6a0-c0de-7000-8000-000000000005",
    "body": "Will the slides be shared?",
    "author_name": "Grace",
    "status": "answered",
    "upvotes": 12,
    "pinned": True,
    "highlighted": False,
    "replies": [_REPLY],
    "asked_at": "2027-03-01T09:20:03.512000Z",
}


class AskQuestion(Request):
    """A new question."""

    model_config = example(body="Will the slides be shared?", anonymous=False)

    body: Body
    anonymous: Flag = Field(
        default=False, description="Show the question without its author's name"
    )


class UpdateQuestion(Change):
    """Fields to change; what is left out stays."""

    model_config = example(status="published", pinned=True)

    status: Literal["published", "answered", "dismissed", "archived"] | None = None
    pinned: Flag | None = None
    highlighted: Flag | None = None


class MergeQuestion(Request):
    """The question to merge into."""

    model_config = example(into="0197f6a0-c0de-7000-8000-00000000000f")

    into: UUID


class ReplyToQuestion(Request):
    """A new reply."""

    model_config = example(body="Yes, tomorrow.")

    body: Body


class ReplyDetails(Response):
    """A reply by a host or moderator."""

    model_config = example(**_REPLY)

    id: UUID
    author_name: str
    body: str
    created_at: datetime


class QuestionDetails(Response):
    """A question as whoever may see it sees it; `author_name` is null when it is anonymous."""

    model_config = example(**QUESTION_EXAMPLE)

    id: UUID
    body: str
    author_name: str | None
    status: QuestionStatus
    upvotes: int
    pinned: bool
    highlighted: bool
    replies: list[ReplyDetails]
    asked_at: datetime


class StaffQuestion(QuestionDetails):
    """A question as the staff sees it: with the id of who asked, to be banned or erased by.

    That of an anonymous question is null: it would be the same in a question under the name.
    """

    model_config = example(
        **QUESTION_EXAMPLE,
        participant_id="0197f6a0-c0de-7000-8000-000000000007",
        flags=[],
        merged_into="0197f6a0-c0de-7000-8000-00000000000f",
    )

    participant_id: UUID | None
    flags: list[str] = Field(description="Words that the event's filter found")
    merged_into: UUID | None = Field(description="The question that this one is a duplicate of")


class AuthorBanReceipt(Response):
    """Whether the writes of the question's author are refused now."""

    model_config = example(question_id=QUESTION_EXAMPLE["id"], banned=True)

    question_id: UUID
    banned: bool


class UpvoteReceipt(Response):
    """Whether the participant now supports the question."""

    model_config = example(question_id=QUESTION_EXAMPLE["id"], upvoted=True)

    question_id: UUID
    upvoted: bool


def question_details(question: "Question", *, upvotes: int) -> QuestionDetails:
    """Return the question as it is shown; its author and replies must be loaded."""
    return QuestionDetails(
        id=question.id,
        body=question.body,
        author_name=None if question.anonymous else question.author.display_name,
        status=question.status,
        upvotes=upvotes,
        pinned=question.pinned,
        highlighted=question.highlighted,
        replies=[
            ReplyDetails.model_validate(reply, from_attributes=True) for reply in question.replies
        ],
        asked_at=question.asked_at,
    )


def staff_question(question: "Question", *, upvotes: int) -> StaffQuestion:
    """Return the question as the staff sees it; its author and replies must be loaded."""
    shown = question_details(question, upvotes=upvotes)
    author_id = None if question.anonymous else question.participant_id
    return StaffQuestion(
        **shown.model_dump(),
        participant_id=author_id,
        flags=question.flags,
        merged_into=question.merged_into,
    )


def without_staff_fields(question: StaffQuestion) -> QuestionDetails:
    """Return of a question what everyone who may see it sees."""
    return QuestionDetails.model_validate(
        question.model_dump(include=set(QuestionDetails.model_fields))
    )
