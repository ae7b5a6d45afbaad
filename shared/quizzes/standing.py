"""SQL on what is a participant's own in a quiz: its answers, and where it stands."""

from uuid import UUID

from sqlalchemy import func, select

from shared.db.engines import AsyncReadSession
from shared.errors import NotFound
from shared.feed.models import FeedEntry
from shared.quizzes.models import (
    Accommodation,
    Quiz,
    QuizAnswer,
    QuizOption,
    QuizQuestion,
    QuizScore,
)
from shared.quizzes.schemas import Leaderboard, MyAnswer, MyQuiz, MyStanding


async def find_standing(
    session: AsyncReadSession, quiz_id: UUID, participant_id: UUID
) -> MyStanding:
    """Return where the participant stands since the last reveal."""
    score = await session.get(QuizScore, (quiz_id, participant_id))
    if score is None:
        return MyStanding(score=0, rank=None, streak=0, last_points=0)
    return MyStanding.model_validate(score, from_attributes=True)


async def find_state(session: AsyncReadSession, quiz_id: UUID) -> str:
    """Return the quiz's state; raise `NotFound` when there is no such quiz."""
    state = await session.scalar(select(Quiz.state).where(Quiz.id == quiz_id))
    if state is None:
        raise NotFound("There is no such quiz.")
    return state


async def find_leaderboard(session: AsyncReadSession, quiz_id: UUID) -> Leaderboard:
    """Return the leaderboard as everyone was shown it last; nobody is on it before the first reveal."""
    body = await session.scalar(
        select(FeedEntry.body)
        .join(Quiz, Quiz.event_id == FeedEntry.event_id)
        .where(
            Quiz.id == quiz_id,
            FeedEntry.audience == "public",
            FeedEntry.type == "leaderboard",
            FeedEntry.entity_id == quiz_id,
        )
    )
    if body is None:
        return Leaderboard(quiz_id=quiz_id, players=0, entries=[])
    return Leaderboard.model_validate_json(body)


async def find_my_quiz(
    session: AsyncReadSession, *, event_id: UUID, participant_id: UUID
) -> MyQuiz:
    """Return what is the participant's own in the event's quiz: the one under way, else the last one."""
    last_quiz = (
        select(Quiz.id)
        .where(Quiz.event_id == event_id, Quiz.state != "draft")
        .order_by(Quiz.state == "finished", Quiz.changed_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    factor = (
        select(Accommodation.time_factor)
        .where(Accommodation.event_id == event_id, Accommodation.participant_id == participant_id)
        .scalar_subquery()
    )
    # Both at once: a hall that opens the page asks for this too.
    quiz_id, time_factor = (await session.execute(select(last_quiz, factor))).one()
    if quiz_id is None:
        standing, answers = MyStanding(score=0, rank=None, streak=0, last_points=0), []
    else:
        standing = await find_standing(session, quiz_id, participant_id)
        answers = await _list_answers(session, quiz_id, participant_id)
    return MyQuiz(
        quiz_id=quiz_id, answers=answers, time_factor=time_factor or 1.0, **standing.model_dump()
    )


async def _list_answers(
    session: AsyncReadSession, quiz_id: UUID, participant_id: UUID
) -> list[MyAnswer]:
    right_ids = (
        select(func.jsonb_agg(QuizOption.id))
        .where(QuizOption.question_id == QuizQuestion.id, QuizOption.correct)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(
            QuizAnswer.question_id,
            QuizAnswer.option_ids,
            QuizAnswer.received_at,
            QuizQuestion.revealed_at,
            (
                QuizAnswer.option_ids.contains(right_ids)
                & QuizAnswer.option_ids.contained_by(right_ids)
            ).label("is_right"),
        )
        .join(QuizQuestion, QuizQuestion.id == QuizAnswer.question_id)
        .where(QuizQuestion.quiz_id == quiz_id, QuizAnswer.participant_id == participant_id)
        .order_by(QuizQuestion.position)
    )
    return [
        MyAnswer(
            quiz_question_id=row.question_id,
            option_ids=row.option_ids,
            received_at=row.received_at,
            correct=None if row.revealed_at is None else row.is_right,
        )
        for row in rows
    ]
