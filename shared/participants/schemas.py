"""What the API says and accepts of participants."""

from uuid import UUID

from pydantic import Field

from shared.participants.join_schemas import PARTICIPANT_ID
from shared.polls.schemas import RESULTS_EXAMPLE
from shared.polls.vote_schemas import BALLOT_EXAMPLE, AnyBallot
from shared.questions.schemas import QUESTION_EXAMPLE, QuestionDetails
from shared.quizzes.schemas import MY_QUIZ_EXAMPLE, MyQuiz
from shared.schemas import Response, example


class BanReceipt(Response):
    """Whether the participant's writes are refused now."""

    model_config = example(participant_id=PARTICIPANT_ID, banned=True)

    participant_id: UUID
    banned: bool


class MyVote(Response):
    """The caller's vote in one poll."""

    poll_id: UUID
    vote: AnyBallot


class Me(Response):
    """What is the participant's own, and so never in the feed."""

    model_config = example(
        participant_id=PARTICIPANT_ID,
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
