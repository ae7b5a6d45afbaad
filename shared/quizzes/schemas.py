"""What the API says and accepts of quizzes."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from shared.quizzes.answer_schemas import MAX_OPTIONS, PARIS
from shared.quizzes.values import QuizState
from shared.schemas import Flag, JsonDict, Request, Response, WholeNumber, example
from shared.text import Label, Prompt, Title

if TYPE_CHECKING:
    from shared.quizzes.models import Quiz

MAX_QUESTIONS = 50

_QUIZ_ID, _QUESTION_ID, _LYON = (
    f"0197f6a0-c0de-7000-8000-0000000000{number}" for number in (20, 21, 23)
)
_EVENT_ID = "0197f6a0-c0de-7000-8000-000000000001"
_PARTICIPANT_ID = "0197f6a0-c0de-7000-8000-000000000007"
_NEW_QUESTION: JsonDict = {
    "prompt": "What is the capital of France?",
    "options": [{"label": "Paris", "correct": True}, {"label": "Lyon", "correct": False}],
    "time_limit_s": 20,
    "points": 1000,
}
_ENTRY: JsonDict = {"rank": 1, "display_name": "Grace", "score": 967, "streak": 1}
_STANDING: JsonDict = {"score": 967, "rank": 1, "streak": 1, "last_points": 967}
MY_QUIZ_EXAMPLE: JsonDict = {
    "quiz_id": _QUIZ_ID,
    "answers": [
        {
            "quiz_question_id": _QUESTION_ID,
            "option_ids": [PARIS],
            "received_at": "2027-03-01T09:40:02.004000Z",
            "correct": True,
        }
    ],
    **_STANDING,
    "time_factor": 1.0,
}


class NewQuizOption(Request):
    """One of the answers that a question offers."""

    label: Label
    correct: Flag = False


class NewQuizQuestion(Request):
    """A question of a new quiz."""

    prompt: Prompt
    options: Annotated[list[NewQuizOption], Field(min_length=2, max_length=MAX_OPTIONS)] = Field(
        description="At least one of them is right"
    )
    time_limit_s: Annotated[WholeNumber, Field(ge=1, le=600)] = 20
    points: Annotated[WholeNumber, Field(ge=0, le=10_000)] = Field(
        default=1_000, description="Of a right answer that comes at once; half of them at the limit"
    )


class CreateQuiz(Request):
    """A new quiz, made as a draft."""

    model_config = example(title="Geography", questions=[_NEW_QUESTION])

    title: Title
    questions: Annotated[list[NewQuizQuestion], Field(min_length=1, max_length=MAX_QUESTIONS)]
    streak_bonus: Flag = Field(
        default=False, description="Right answers in a row are worth up to half as much again"
    )


class UpdateQuiz(Request):
    """What happens next."""

    model_config = example(action="next", opens_in_ms=3000)

    action: Literal["start", "next", "reveal", "finish"]
    opens_in_ms: WholeNumber = Field(
        default=0,
        ge=0,
        le=30_000,
        description="With `next`: how long until answers are taken, so that everyone has polled",
    )

    @model_validator(mode="after")
    def _opens_with_next(self) -> Self:
        if self.opens_in_ms and self.action != "next":
            raise ValueError("opens_in_ms belongs to next")
        return self


class ReadClock(Request):
    """A round trip to measure: the stamp of the last reading, sent at once; none the first time."""

    model_config = example(stamp="1803893400000000.41.5Y0…")

    stamp: str | None = Field(default=None, max_length=300)


class ClockReading(Response):
    """The server's time, and the participant's shortest round trip so far."""

    model_config = example(
        server_time="2027-03-01T09:30:00Z", stamp="1803893400000000.41.5Y0…", round_trip_ms=41
    )

    server_time: datetime
    stamp: str = Field(
        description="Opaque; send it at once with the next reading, and with answers"
    )
    round_trip_ms: int | None


TimeFactor = Annotated[
    float, Field(ge=1, le=5, strict=True), AfterValidator(lambda factor: round(factor, 2))
]


class SetAccommodation(Request):
    """How much time a participant has: 1.5 is half as much again, 1 is as much as everyone."""

    model_config = example(time_factor=1.5)

    time_factor: TimeFactor


class AccommodationDetails(Response):
    """How much time a participant has."""

    model_config = example(participant_id=_PARTICIPANT_ID, time_factor=1.5)

    participant_id: UUID
    time_factor: float


class KnownOption(Response):
    """One of the answers that a question offers, as the staff sees it."""

    id: UUID
    label: str
    correct: bool


class QuizQuestionDetails(Response):
    """A question with what is right, for the staff."""

    id: UUID
    prompt: str
    options: list[KnownOption]
    time_limit_s: int
    points: int
    opens_at: datetime | None
    closes_at: datetime | None
    revealed_at: datetime | None


class QuizDetails(Response):
    """A quiz with all its questions, for the staff."""

    model_config = example(
        id=_QUIZ_ID,
        event_id=_EVENT_ID,
        title="Geography",
        state="reveal",
        streak_bonus=False,
        questions=[
            {
                "id": _QUESTION_ID,
                "prompt": "What is the capital of France?",
                "options": [
                    {"id": PARIS, "label": "Paris", "correct": True},
                    {"id": _LYON, "label": "Lyon", "correct": False},
                ],
                "time_limit_s": 20,
                "points": 1000,
                "opens_at": "2027-03-01T09:40:00Z",
                "closes_at": "2027-03-01T09:40:20Z",
                "revealed_at": "2027-03-01T09:40:21.300000Z",
            }
        ],
        created_at="2027-03-01T09:00:00Z",
    )

    id: UUID
    event_id: UUID
    title: str
    state: QuizState
    streak_bonus: bool
    questions: list[QuizQuestionDetails]
    created_at: datetime


class LeaderboardEntry(Response):
    """Where a participant stands; equal ones share a rank."""

    rank: int
    display_name: str | None
    score: int
    streak: int = Field(description="Right answers in a row")


class StaffLeaderboardEntry(LeaderboardEntry):
    """Where a participant stands, and who it is."""

    participant_id: UUID


class Leaderboard(Response):
    """The twenty best, and of how many, since the last reveal."""

    quiz_id: UUID
    players: int
    # A list, of whom its readers know no more than this.
    entries: Sequence[LeaderboardEntry]


class StaffLeaderboard(Leaderboard):
    """The twenty best, with who they are."""

    entries: list[StaffLeaderboardEntry]


class MyStanding(Response):
    """Where the caller stands since the last reveal; no rank before its first answer counts."""

    score: int
    rank: int | None
    streak: int
    last_points: int = Field(description="What the last question brought")


class QuizLeaderboard(Leaderboard):
    """The twenty best, and where the caller stands when it is a participant."""

    model_config = example(quiz_id=_QUIZ_ID, players=1, entries=[_ENTRY], me=_STANDING)

    me: MyStanding | None


class MyAnswer(Response):
    """The caller's answer to one question."""

    quiz_question_id: UUID
    option_ids: list[UUID]
    received_at: datetime
    correct: bool | None = Field(description="null until the reveal")


class MyQuiz(MyStanding):
    """What is the caller's own in the quiz that is under way, else in the last one; no id without any."""

    quiz_id: UUID | None
    answers: list[MyAnswer]
    time_factor: float = Field(description="How much time the caller has: 1 is as much as everyone")


def quiz_details(quiz: "Quiz") -> QuizDetails:
    """Return the quiz as its staff sees it; its questions and their options must be loaded."""
    return QuizDetails.model_validate(quiz, from_attributes=True)
