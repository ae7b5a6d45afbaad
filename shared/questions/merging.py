"""SQL that merges a question into another: whoever supported either is counted once, until it is undone.

The merged question keeps its upvotes, untouched. Of those who had not supported the other one, that
one gets an upvote too, which remembers where it came from, and goes when the merge is undone.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.queries import shut_audience_gate
from shared.questions import rules
from shared.questions.models import Question
from shared.questions.queries import find_question, publish_questions
from shared.questions.schemas import StaffQuestion
from shared.tally.moves import MOVE_COUNTERS, next_shard

_COPY = text(f"""
    WITH changed AS (
        INSERT INTO upvotes (question_id, participant_id, counts, merged_from)
        SELECT :into, participant_id, counts, question_id
        FROM upvotes WHERE question_id = :merged ORDER BY participant_id
        ON CONFLICT (question_id, participant_id) DO NOTHING
        RETURNING question_id AS subject_id, NULL::jsonb AS before, counts AS after
    ),
    {MOVE_COUNTERS}
    SELECT count(*) FROM changed
""")  # nosec B608  # of our own constants

# Who supported another question that stays merged is still counted, for that one from now on.
_HAND_OVER = text("""
    UPDATE upvotes AS upvote SET merged_from = kept.question_id
    FROM (
        SELECT DISTINCT ON (own.participant_id) own.participant_id, own.question_id
        FROM upvotes AS own JOIN questions AS other ON other.id = own.question_id
        WHERE other.merged_into = :into AND other.id <> :merged
        ORDER BY own.participant_id, own.question_id
    ) AS kept
    WHERE upvote.question_id = :into AND upvote.merged_from = :merged
          AND upvote.participant_id = kept.participant_id
""")
_TAKE_BACK = text(f"""
    WITH changed AS (
        DELETE FROM upvotes WHERE question_id = :into AND merged_from = :merged
        RETURNING question_id AS subject_id, counts AS before, NULL::jsonb AS after
    ),
    {MOVE_COUNTERS}
    SELECT count(*) FROM changed
""")  # nosec B608  # of our own constants


async def merge_question(
    session: AsyncSession, question: Question, into: Question
) -> StaffQuestion:
    """Merge the question into the other, and publish both; the event must be locked.

    Twice into the same is once. Raise `InvalidTransition` when one of them is merged elsewhere.
    """
    if question.merged_into != into.id:
        rules.check_merge(question.merged_into, into.merged_into)
        await shut_audience_gate(session, question.event_id)
        question.merged_into = into.id
        await session.flush()
        await session.execute(_COPY, _parameters(question, into.id))
    return await _publish(session, question, into.id)


async def unmerge_question(session: AsyncSession, question: Question) -> StaffQuestion:
    """Let a merged question stand for itself again, and publish both; the event must be locked.

    Raise `InvalidTransition` while the question that it is merged into is merged itself.
    """
    if question.merged_into is None:
        return await _publish(session, question)
    into = await find_question(session, question.merged_into)
    rules.check_unmerge(into.merged_into)
    await shut_audience_gate(session, question.event_id)
    question.merged_into = None
    await session.flush()
    parameters = _parameters(question, into.id)
    await session.execute(_HAND_OVER, {"into": into.id, "merged": question.id})
    await session.execute(_TAKE_BACK, parameters)
    return await _publish(session, question, into.id)


def _parameters(question: Question, into_id: UUID) -> dict[str, object]:
    return {"merged": question.id, "into": into_id, "shard": next_shard()}


async def _publish(session: AsyncSession, question: Question, *others: UUID) -> StaffQuestion:
    published = await publish_questions(session, question.event_id, [question.id, *others])
    return next(each for each in published if each.id == question.id)
