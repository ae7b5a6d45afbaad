"""SQL on participants."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.principals import ParticipantPrincipal
from shared.participants.models import Participant

# To follow a common table expression `accepted(participant_id, event_id, display_name)`. Sorted, so
# that two batches with the same newcomers wait for each other instead of deadlocking.
ADD_NEWCOMERS = """
    newcomers AS (
        INSERT INTO participants (id, event_id, display_name)
        SELECT DISTINCT ON (participant_id) participant_id, event_id, display_name
        FROM accepted ORDER BY participant_id
        ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
"""


async def add_newcomer(session: AsyncSession, principal: ParticipantPrincipal) -> None:
    """Add the participant's row unless it is there."""
    await session.execute(
        insert(Participant)
        .values(
            id=principal.participant_id,
            event_id=principal.event_id,
            display_name=principal.display_name,
        )
        .on_conflict_do_nothing()
    )
