"""What the API says and accepts of participants."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.events.schemas import PublicEvent
from shared.polls.schemas import Ballot
from shared.questions.schemas import QuestionDetails
from shared.schemas import Request, Response
from shared.text import JoinCode, Name


class JoinEvent(Request):
    """A request to join."""

    join_code: JoinCode = Field(examples=["K7PX3M"])
    display_name: Name | None = Field(default=None, examples=["Grace"])


class Joined(Response):
    """A participant's credential for one event."""

    event_id: UUID
    participant_id: UUID
    token: str = Field(examples=["ovp_…"])
    expires_at: datetime
    event: PublicEvent


class MyVote(Response):
    """The caller's vote in one poll."""

    poll_id: UUID
    vote: Ballot


class Me(Response):
    """What is the participant's own, and so never in the feed."""

    participant_id: UUID
    display_name: str | None
    votes: list[MyVote]
    upvotes: list[UUID] = Field(description="Questions that the caller supports")
    questions: list[QuestionDetails] = Field(description="The caller's questions, in any state")
