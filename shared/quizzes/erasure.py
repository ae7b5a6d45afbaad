"""Taking a participant's answers out of every count and every ranking, and a quiz out of its event."""

from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.feed.history import erase_history
from shared.feed.values import EntryType
from shared.feed.publish import Publication, publish
from shared.quizzes.entries import current_question
from shared.quizzes.models import Quiz
from shared.quizzes.queries import (
    find_quiz,
    find_quiz_under_way,
    publish_leaderboard,
    publish_moved_quizzes,
    shut_answer_gates,
)
from shared.quizzes.scores import rank_again
from shared.tally.models import TallySubject
from shared.tally.moves import next_shard
from shared.tally.queries import taking_back

_ERASE_ANSWERS = taking_back("quiz_answers", "question_id")
_ERASE_SCORES = text("""
    DELETE FROM quiz_scores WHERE participant_id = :participant_id RETURNING quiz_id
""")
_ERASE_FACTOR = text("""
    DELETE FROM accommodations WHERE event_id = :event_id AND participant_id = :participant_id
""")


async def shut_open_question(session: AsyncSession, event_id: UUID) -> None:
    """Wait until no answer of the event is under way, and let none begin before the commit.

    The event must be locked, so that no other question can be shown.
    """
    quiz = await find_quiz_under_way(session, event_id)
    question = current_question(quiz) if quiz else None
    if question is not None:
        await shut_answer_gates(session, [question.id])


async def erase_answers(session: AsyncSession, event_id: UUID, participant_id: UUID) -> None:
    """Delete the participant's answers and scores, correct the counts, rank the others, publish both.

    The open question's gate must be shut.
    """
    parameters = {"participant_id": participant_id}
    answered = await session.scalars(_ERASE_ANSWERS, {**parameters, "shard": next_shard()})
    question_ids = list(answered)
    played = list(await session.scalars(_ERASE_SCORES, parameters))
    await session.execute(_ERASE_FACTOR, {**parameters, "event_id": event_id})
    await rank_again(session, played)
    await publish_moved_quizzes(session, event_id, question_ids)
    for quiz_id in played:
        await publish_leaderboard(session, await find_quiz(session, quiz_id))
    await erase_history(session, event_id, [("leaderboard", quiz_id) for quiz_id in played])


async def erase_quiz(session: AsyncSession, quiz: Quiz) -> None:
    """Delete the quiz with its answers, scores and counters, and publish that it is gone."""
    question_ids = [question.id for question in quiz.questions]
    await shut_answer_gates(session, question_ids)
    await session.execute(delete(Quiz).where(Quiz.id == quiz.id))
    await session.execute(delete(TallySubject).where(TallySubject.subject_id.in_(question_ids)))
    await publish(
        session,
        quiz.event_id,
        [
            Publication("quiz", quiz.id, public=None, staff=None),
            Publication("leaderboard", quiz.id, public=None, staff=None),
        ],
    )
    things: list[tuple[EntryType, UUID]] = [("quiz", quiz.id), ("leaderboard", quiz.id)]
    await erase_history(session, quiz.event_id, things)
