"""Taking away what a participant asked, and its support of others' questions."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.questions.models import Question
from shared.questions.queries import delete_questions, publish_questions
from shared.tally.moves import next_shard
from shared.tally.queries import taking_back

_ERASE_UPVOTES = taking_back("upvotes", "question_id")


async def erase_questions_and_upvotes(
    session: AsyncSession, event_id: UUID, participant_id: UUID
) -> None:
    """Delete what the participant asked and upvoted, correct the counts, and publish both.

    The audience's gate must be shut.
    """
    parameters = {"participant_id": participant_id, "shard": next_shard()}
    upvoted = list(await session.scalars(_ERASE_UPVOTES, parameters))
    asked = await session.scalars(
        select(Question.id).where(Question.participant_id == participant_id)
    )
    await delete_questions(session, event_id, list(asked))
    await publish_questions(session, event_id, upvoted)
