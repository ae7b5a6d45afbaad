"""What the API says and accepts of questions."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.questions.models import Question, QuestionStatus
from shared.schemas import Change, Flag, Request, Response
from shared.text import Body


class AskQuestion(Request):
    """A new question."""

    body: Body = Field(examples=["Will the slides be shared?"])
    anonymous: Flag = Field(
        default=False, description="Show the question without its author's name"
    )


class UpdateQuestion(Change):
    """Fields to change; what is left out stays."""

    status: Literal["published", "answered", "dismissed", "archived"] | None = None
    pinned: Flag | None = None
    highlighted: Flag | None = None


class ReplyToQuestion(Request):
    """A new reply."""

    body: Body = Field(examples=["Yes, tomorrow."])


class ReplyDetails(Response):
    """A reply by a host or moderator."""

    id: UUID
    author_name: str
    body: str
    created_at: datetime


class QuestionDetails(Response):
    """A question as whoever may see it sees it; `author_name` is null when it is anonymous."""

    id: UUID
    body: str
    author_name: str | None
    status: QuestionStatus
    upvotes: int
    pinned: bool
    highlighted: bool
    replies: list[ReplyDetails]
    asked_at: datetime


class UpvoteReceipt(Response):
    """Whether the participant now supports the question."""

    question_id: UUID
    upvoted: bool


def question_details(question: Question, *, upvotes: int) -> QuestionDetails:
    """Return the question as it is shown; its author and replies must be loaded."""
    return QuestionDetails(
        id=question.id,
        body=question.body,
        author_name=None if question.anonymous else question.author.display_name,
        status=question.status,  # type: ignore[arg-type]  # the check constraint holds it
        upvotes=upvotes,
        pinned=question.pinned,
        highlighted=question.highlighted,
        replies=[
            ReplyDetails.model_validate(reply, from_attributes=True) for reply in question.replies
        ],
        asked_at=question.asked_at,
    )
