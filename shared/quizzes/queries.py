"""SQL on quizzes; that on answers is in `answers`, that on scores in `scores`."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from shared.db import locks
from shared.db.engines import AsyncReadSession
from shared.errors import InvalidTransition, NotFound
from shared.events.models import Event
from shared.feed.publish import Publication, publish
from shared.identifiers import new_id
from shared.quizzes import rules
from shared.quizzes.accommodations import longest_factor
from shared.quizzes.entries import current_question, public_entry, staff_entry
from shared.quizzes.gate import gate_key
from shared.quizzes.models import Quiz, QuizOption, QuizQuestion
from shared.quizzes.schemas import CreateQuiz, Leaderboard, LeaderboardEntry, NewQuizQuestion
from shared.quizzes.scores import read_leaderboard, score_question
from shared.tally.queries import add_subject, read_tallies

_WHOLE = selectinload(Quiz.questions).selectinload(QuizQuestion.options)


async def insert_quiz(session: AsyncSession, *, event_id: UUID, request: CreateQuiz) -> Quiz:
    """Add a draft quiz with its questions, and publish it to the staff."""
    quiz = Quiz(
        id=new_id(),
        event_id=event_id,
        title=request.title,
        streak_bonus=request.streak_bonus,
        questions=[_new_question(n, each) for n, each in enumerate(request.questions, start=1)],
    )
    session.add(quiz)
    await session.flush()
    await session.refresh(quiz, ["state", "position", "changed_at", "created_at"])
    for question in quiz.questions:
        await add_subject(session, event_id=event_id, subject_id=question.id, kind="quiz_question")
    await publish_quiz(session, quiz)
    return quiz


def _new_question(position: int, request: NewQuizQuestion) -> QuizQuestion:
    # The ids in any order, so that not even when an option was made can be read off one.
    ids = [new_id() for _ in request.options]
    secrets.SystemRandom().shuffle(ids)
    return QuizQuestion(
        id=new_id(),
        position=position,
        prompt=request.prompt,
        time_limit_s=request.time_limit_s,
        points=request.points,
        options=[
            QuizOption(id=id, position=place, label=option.label, correct=option.correct)
            for place, (id, option) in enumerate(zip(ids, request.options, strict=True))
        ],
    )


async def find_quiz(session: AsyncSession | AsyncReadSession, quiz_id: UUID) -> Quiz:
    """Return the quiz with its questions and their options; raise `NotFound` when there is none."""
    quiz = await session.scalar(select(Quiz).where(Quiz.id == quiz_id).options(_WHOLE))
    if quiz is None:
        raise NotFound("There is no such quiz.")
    return quiz


async def find_quiz_under_way(session: AsyncSession, event_id: UUID) -> Quiz | None:
    """Return the event's quiz that was started and not finished, None without one."""
    return await session.scalar(
        select(Quiz)
        .where(Quiz.event_id == event_id, Quiz.state.in_(rules.UNDER_WAY))
        .options(_WHOLE)
    )


async def find_question_ids(session: AsyncSession, event_id: UUID) -> list[UUID]:
    """Return the ids of the questions of the event's quizzes."""
    ids = await session.scalars(select(QuizQuestion.id).join(Quiz).where(Quiz.event_id == event_id))
    return list(ids)


async def shut_answer_gates(session: AsyncSession, question_ids: Sequence[UUID]) -> None:
    """Wait until no answer to these questions is under way, and let none begin before the commit."""
    await locks.shut_gates(session, map(gate_key, question_ids))


async def change_quiz(
    session: AsyncSession, event: Event, quiz: Quiz, action: rules.Action, *, opens_in_ms: int = 0
) -> None:
    """Do what the host asks for, and publish it; the event must be locked.

    Raise `InvalidTransition` when it does not follow from the quiz's state, or when another quiz of
    the event is under way.
    """
    if not rules.check_action(quiz.state, action, left=len(quiz.questions) - quiz.position):
        return
    if action == "start":
        if await find_quiz_under_way(session, event.id) is not None:
            raise InvalidTransition("Another quiz of this event is under way.")
        quiz.state = "lobby"
    elif action == "next":
        await _show_next(session, quiz, opens_in_ms)
    else:
        await _reveal(session, quiz)
        quiz.state = "reveal" if action == "reveal" else "finished"
    quiz.changed_at = await _now(session)
    await session.flush()
    await publish_quiz(session, quiz)
    if quiz.state in ("reveal", "finished"):
        await publish_leaderboard(session, quiz)


async def _show_next(session: AsyncSession, quiz: Quiz, opens_in_ms: int) -> None:
    quiz.position += 1
    quiz.state = "question"
    question = quiz.questions[quiz.position - 1]
    question.opens_at = await _now(session) + timedelta(milliseconds=opens_in_ms)
    question.closes_at = question.opens_at + timedelta(seconds=question.time_limit_s)


async def _reveal(session: AsyncSession, quiz: Quiz) -> None:
    """End the question that takes answers, if one does: whoever came before the gate shut is scored."""
    question = current_question(quiz)
    if question is None or question.revealed_at is not None:
        return
    await shut_answer_gates(session, [question.id])
    question.revealed_at = await _now(session)
    await session.flush()
    await score_question(session, question.id)


async def _now(session: AsyncSession) -> datetime:
    now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return now


async def end_quiz(session: AsyncSession, event: Event) -> None:
    """Finish the event's quiz, if one is under way; the event must be locked."""
    quiz = await find_quiz_under_way(session, event.id)
    if quiz is not None:
        await change_quiz(session, event, quiz, "finish")


async def publish_quiz(session: AsyncSession, quiz: Quiz) -> None:
    """Publish the quiz to those who may see it, and what of it they may."""
    question = current_question(quiz)
    counts = {}
    if question is not None:
        counts = dict((await read_tallies(session, [question.id]))[question.id])
    longest = await longest_factor(session, quiz.event_id)
    entry = Publication(
        "quiz",
        quiz.id,
        public=public_entry(quiz, counts),
        staff=staff_entry(quiz, counts, longest_factor=longest),
    )
    await publish(session, quiz.event_id, [entry])


async def publish_leaderboard(session: AsyncSession, quiz: Quiz) -> None:
    """Publish who stands highest: their names to everyone, who they are to the staff."""
    staff = await read_leaderboard(session, quiz.id)
    entries = [
        LeaderboardEntry(**each.model_dump(exclude={"participant_id"})) for each in staff.entries
    ]
    public = Leaderboard(quiz_id=quiz.id, players=staff.players, entries=entries)
    await publish(session, quiz.event_id, [Publication("leaderboard", quiz.id, public, staff)])


async def publish_moved_quizzes(
    session: AsyncSession, event_id: UUID, question_ids: Sequence[UUID]
) -> None:
    """Publish the quizzes to whose questions answers came (the tick): only the staff sees a change."""
    quizzes = await session.scalars(
        select(Quiz)
        .where(Quiz.questions.any(QuizQuestion.id.in_(question_ids)))
        .order_by(Quiz.id)
        .options(_WHOLE)
    )
    for quiz in quizzes:
        await publish_quiz(session, quiz)
