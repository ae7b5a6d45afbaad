"""SQL on what is a participant's own in a quiz: its answers, and where it stands."""

from uuid import UUID

from sqlalchemy import select

from shared.db.engines import AsyncReadSession
from shared.errors import NotFound
from shared.feed.models import FeedEntry
from shared.quizzes.models import Quiz, QuizScore
from shared.quizzes.schemas import Leaderboard, MyStanding

# One value: what is the participant's own in the event's quiz, the one under way, else the last one.
# What is right is told with the reveal.
MY_QUIZ = """
    SELECT json_build_object(
        'quiz_id', quiz.id,
        'score', coalesce(standing.score, 0),
        'rank', standing.rank,
        'streak', coalesce(standing.streak, 0),
        'last_points', coalesce(standing.last_points, 0),
        'time_factor', coalesce((
            SELECT time_factor FROM accommodations
            WHERE event_id = event.id AND participant_id = CAST(:participant_id AS uuid)
        ), 1),
        'answers', (
            SELECT coalesce(json_agg(json_build_object(
                'quiz_question_id', question.id,
                'option_ids', answer.option_ids,
                'received_at', answer.received_at,
                'correct', CASE WHEN question.revealed_at IS NOT NULL THEN (
                    SELECT answer.option_ids @> jsonb_agg(option.id)
                           AND answer.option_ids <@ jsonb_agg(option.id)
                    FROM quiz_options AS option
                    WHERE option.question_id = question.id AND option.correct
                ) END
            ) ORDER BY question.position), '[]')
            FROM quiz_answers AS answer
                 JOIN quiz_questions AS question ON question.id = answer.question_id
            WHERE question.quiz_id = quiz.id
                  AND answer.participant_id = CAST(:participant_id AS uuid)
        )
    )
    FROM (SELECT event.id) AS own
    LEFT JOIN LATERAL (
        SELECT id FROM quizzes WHERE event_id = event.id AND state <> 'draft'
        ORDER BY state = 'finished', changed_at DESC LIMIT 1
    ) AS quiz ON true
    LEFT JOIN quiz_scores AS standing
         ON standing.quiz_id = quiz.id
            AND standing.participant_id = CAST(:participant_id AS uuid)
"""


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
