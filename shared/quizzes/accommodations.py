"""SQL on accommodations: who has more time than others."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.quizzes.models import Accommodation


async def set_factor(
    session: AsyncSession, *, event_id: UUID, participant_id: UUID, time_factor: float
) -> None:
    """Let the participant have so much time from the next answer on."""
    statement = insert(Accommodation).values(
        event_id=event_id, participant_id=participant_id, time_factor=time_factor
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["event_id", "participant_id"], set_={"time_factor": time_factor}
        )
    )


async def longest_factor(session: AsyncSession, event_id: UUID) -> float:
    """Return the most time that anyone in the event has; 1 is as much as everyone."""
    longest = await session.scalar(
        select(func.max(Accommodation.time_factor)).where(Accommodation.event_id == event_id)
    )
    return longest or 1.0
