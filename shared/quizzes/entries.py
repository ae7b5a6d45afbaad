"""What the feed says of a quiz. A question that is not revealed has no field for what is right."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field

from shared.quizzes.counters import ANSWERED, option_counter
from shared.quizzes.models import Quiz, QuizQuestion
from shared.quizzes.values import QuizState
from shared.schemas import Response


class ShownOption(Response):
    """One of the answers that a question offers."""

    id: UUID
    label: str


class ShownQuestion(Response):
    """A question that is being answered."""

    id: UUID
    prompt: str
    options: list[ShownOption]
    opens_at: datetime
    closes_at: datetime
    points: int


class AnswerTally(Response):
    """How many chose one option."""

    option_id: UUID
    answers: int


class RevealedQuestion(ShownQuestion):
    """A question with what is right and what was answered."""

    correct_option_ids: list[UUID]
    answered: int
    tallies: list[AnswerTally]


class StaffQuizQuestion(RevealedQuestion):
    """A question as the staff sees it, from the moment that it is shown."""

    last_closes_at: datetime = Field(description="When the last of those with more time has had it")


class QuizEntry(Response):
    """A quiz as everyone sees it."""

    id: UUID
    title: str
    state: QuizState
    question_number: int
    question_count: int
    question: RevealedQuestion | ShownQuestion | None
    server_time: datetime


class StaffQuizEntry(QuizEntry):
    """A quiz as its staff sees it."""

    question: StaffQuizQuestion | None


def current_question(quiz: Quiz) -> QuizQuestion | None:
    """Return the question that is being answered or was just revealed."""
    if quiz.state not in ("question", "reveal"):
        return None
    return quiz.questions[quiz.position - 1]


def public_entry(quiz: Quiz, counts: Mapping[str, int]) -> QuizEntry | None:
    """Return the quiz as the audience may see it: nothing of a draft, nothing right before the reveal."""
    if quiz.state == "draft":
        return None
    question = current_question(quiz)
    shown: RevealedQuestion | ShownQuestion | None = None
    if question is not None and quiz.state == "reveal":
        shown = RevealedQuestion.model_validate(_revealed(question, counts))
    elif question is not None:
        shown = ShownQuestion.model_validate(_shown(question))
    return QuizEntry.model_validate({**_common(quiz), "question": shown})


def staff_entry(quiz: Quiz, counts: Mapping[str, int], *, longest_factor: float) -> StaffQuizEntry:
    """Return the quiz as the staff sees it; `longest_factor` is the largest of the accommodations."""
    question = current_question(quiz)
    shown = None
    if question is not None:
        last = _opened(question) + timedelta(seconds=question.time_limit_s * longest_factor)
        shown = StaffQuizQuestion.model_validate(
            {**_revealed(question, counts), "last_closes_at": last}
        )
    return StaffQuizEntry.model_validate({**_common(quiz), "question": shown})


def _common(quiz: Quiz) -> dict[str, object]:
    return {
        "id": quiz.id,
        "title": quiz.title,
        "state": quiz.state,
        "question_number": quiz.position,
        "question_count": len(quiz.questions),
        # Of the change, not of the reading: as long as nothing changes, the bytes stay the same.
        "server_time": quiz.changed_at,
    }


def _opened(question: QuizQuestion) -> datetime:
    assert question.opens_at is not None
    return question.opens_at


def _shown(question: QuizQuestion) -> dict[str, object]:
    return {
        "id": question.id,
        "prompt": question.prompt,
        "options": [{"id": option.id, "label": option.label} for option in question.options],
        "opens_at": question.opens_at,
        "closes_at": question.closes_at,
        "points": question.points,
    }


def _revealed(question: QuizQuestion, counts: Mapping[str, int]) -> dict[str, object]:
    return {
        **_shown(question),
        "correct_option_ids": [option.id for option in question.options if option.correct],
        "answered": counts.get(ANSWERED, 0),
        "tallies": [
            {"option_id": option.id, "answers": counts.get(option_counter(option.id), 0)}
            for option in question.options
        ],
    }
