"""SQL on scores: one statement scores a question and ranks everyone, and the leaderboard reads it.

A right answer names all right options and no other. It is worth all points at once, down to half of
them at the time limit: round((1 - response / limit / 2) × points), and all of them below 0.5 s, which is
the formula that Kahoot! publishes (support.kahoot.com, "How points work"). In whole numbers, half up.
Where the quiz has a streak bonus, a right answer is worth a tenth of the points more for each right one
right before it, up to half of them (the same source).

Who has more points stands higher; of equal ones, who took less time over all right answers. Those who
are equal in both share a rank, and are listed in the order in which they joined.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.participants.models import Participant
from shared.quizzes.models import QuizScore
from shared.quizzes.schemas import StaffLeaderboard, StaffLeaderboardEntry

_TOP = 20

_SCORE = text("""
    WITH question AS (
        SELECT question.id, question.quiz_id, question.points::bigint AS points,
               question.time_limit_s::bigint * 1000 AS limit_ms, quiz.streak_bonus,
               (SELECT jsonb_agg(option.id) FROM quiz_options AS option
                WHERE option.question_id = question.id AND option.correct) AS right_ids
        FROM quiz_questions AS question JOIN quizzes AS quiz ON quiz.id = question.quiz_id
        WHERE question.id = :question_id
    ),
    answered AS (
        SELECT answer.participant_id, answer.response_ms,
               answer.option_ids @> question.right_ids AND answer.option_ids <@ question.right_ids
               AS is_right
        FROM quiz_answers AS answer JOIN question ON question.id = answer.question_id
    ),
    before AS (
        SELECT score.* FROM quiz_scores AS score JOIN question USING (quiz_id)
    ),
    players AS (
        SELECT participant_id, coalesce(answered.is_right, false) AS is_right,
               coalesce(before.score, 0) AS score,
               CASE WHEN answered.is_right THEN coalesce(before.streak, 0) + 1 ELSE 0 END AS streak,
               CASE WHEN answered.is_right THEN answered.response_ms ELSE 0 END AS response_ms,
               coalesce(before.response_ms, 0) AS response_ms_before
        FROM before FULL JOIN answered USING (participant_id)
    ),
    gained AS (
        SELECT quiz_id, participant_id, score, streak, response_ms_before + players.response_ms
               AS response_ms,
               CASE WHEN NOT is_right THEN 0
                    WHEN players.response_ms < 500 THEN points
                    ELSE (2 * points * (2 * limit_ms - players.response_ms) + 2 * limit_ms)
                         / (4 * limit_ms) END
               + CASE WHEN is_right AND streak_bonus THEN points * least(streak - 1, 5) / 10
                      ELSE 0 END AS points
        FROM players CROSS JOIN question
    )
    INSERT INTO quiz_scores
        (quiz_id, participant_id, score, streak, last_points, response_ms, rank)
    SELECT quiz_id, participant_id, score + points, streak, points, response_ms,
           rank() OVER (ORDER BY score + points DESC, response_ms)
    FROM gained ORDER BY participant_id
    ON CONFLICT (quiz_id, participant_id) DO UPDATE
        SET score = excluded.score, streak = excluded.streak, last_points = excluded.last_points,
            response_ms = excluded.response_ms, rank = excluded.rank
""")


async def score_question(session: AsyncSession, question_id: UUID) -> None:
    """Add what the question brought to everyone's score, and rank them all.

    Once for each question, with its gate shut.
    """
    await session.execute(_SCORE, {"question_id": question_id})


_RANK_AGAIN = text("""
    UPDATE quiz_scores AS score SET rank = ranked.rank
    FROM (SELECT quiz_id, participant_id,
                 rank() OVER (PARTITION BY quiz_id ORDER BY score DESC, response_ms) AS rank
          FROM quiz_scores WHERE quiz_id = ANY(:quiz_ids)) AS ranked
    WHERE score.quiz_id = ranked.quiz_id AND score.participant_id = ranked.participant_id
          AND score.rank <> ranked.rank
""")


async def rank_again(session: AsyncSession, quiz_ids: Sequence[UUID]) -> None:
    """Rank everyone in these quizzes as if whoever is gone had not played."""
    await session.execute(_RANK_AGAIN, {"quiz_ids": list(quiz_ids)})


async def read_leaderboard(session: AsyncSession, quiz_id: UUID) -> StaffLeaderboard:
    """Return the best of the quiz, and of how many."""
    players = await session.scalar(
        select(func.count()).select_from(QuizScore).where(QuizScore.quiz_id == quiz_id)
    )
    rows = await session.execute(
        select(
            QuizScore.rank,
            Participant.display_name,
            QuizScore.score,
            QuizScore.streak,
            QuizScore.participant_id,
        )
        .join(Participant, Participant.id == QuizScore.participant_id)
        .where(QuizScore.quiz_id == quiz_id)
        .order_by(QuizScore.rank, QuizScore.participant_id)
        .limit(_TOP)
    )
    entries = [StaffLeaderboardEntry.model_validate(row, from_attributes=True) for row in rows]
    return StaffLeaderboard(quiz_id=quiz_id, players=players or 0, entries=entries)
