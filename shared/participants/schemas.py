"""What the API says and accepts of participants."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.events.schemas import EVENT_EXAMPLE, PublicEvent
from shared.polls.schemas import BALLOT_EXAMPLE, RESULTS_EXAMPLE, AnyBallot
from shared.questions.schemas import QUESTION_EXAMPLE, QuestionDetails
from shared.quizzes.schemas import MY_QUIZ_EXAMPLE, MyQuiz
from shared.schemas import Request, Response, example
from shared.text import JoinCode, Name

_PARTICIPANT_ID = "0197f6a0-c0de-7000-8000-000000000007"


class JoinEvent(Request):
    """A request to join."""

    model_config = example(join_code="k7px3m", display_name="Grace")

    join_code: JoinCode
    display_name: Name | None = None


class Joined(Response):
    """A participant's credential for one event."""

    model_config = example(
        event_id=EVENT_EXAMPLE["id"],
        participant_id=_PARTICIPANT_ID,
        token="ovp_…",
        expires_at="2027-03-02T09:04:55Z",
        event=EVENT_EXAMPLE,
    )  # nosec B106  # an example

    event_id: UUID
    participant_id: UUID
    token: str
    expires_at: datetime
    event: PublicEvent


class BanReceipt(Response):
    """Whether the participant's writes are refused now."""

    model_config = example(participant_id=_PARTICIPANT_ID, banned=True)

    participant_id: UUID
    banned: bool


class MyVote(Response):
    """The caller's vote in one poll."""

    poll_id: UUID
    vote: AnyBallot


class Me(Response):
    """What is the participant's own, and so never in the feed."""

    model_config = example(
        participant_id=_PARTICIPANT_ID,
        display_name="Grace",
        votes=[{"poll_id": RESULTS_EXAMPLE["poll_id"], "vote": BALLOT_EXAMPLE}],
        upvotes=[QUESTION_EXAMPLE["id"]],
        questions=[QUESTION_EXAMPLE],
        quiz=MY_QUIZ_EXAMPLE,
    )

    participant_id: UUID
    display_name: str | None
    votes: list[MyVote]
    upvotes: list[UUID] = Field(description="Questions that the caller supports")
    questions: list[QuestionDetails] = Field(description="The caller's questions, in any state")
    quiz: MyQuiz
