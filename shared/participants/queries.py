"""SQL on participants, and on who may write no more."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import NotFound
from shared.idempotency.queries import erase_kept_answers
from shared.participants.models import Participant
from shared.participants.writers import PARTICIPANT_HASH

# The events are kept from vanishing under it.
_BAN = text(f"""
    WITH events AS (
        SELECT id FROM events WHERE id = ANY(:event_ids) ORDER BY id FOR KEY SHARE
    ),
    banned AS (
        INSERT INTO bans (event_id, participant_hash)
        SELECT id, {PARTICIPANT_HASH.format(id=":participant_id")} FROM events
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM events
""")  # nosec B608  # of our own constants
_UNBAN = text(f"""
    DELETE FROM bans WHERE event_id = ANY(:event_ids)
                           AND participant_hash = {PARTICIPANT_HASH.format(id=":participant_id")}
""")  # nosec B608  # of our own constants


async def ban(session: AsyncSession, event_ids: Sequence[UUID], participant_id: UUID) -> None:
    """Refuse what the participant writes in these events from the commit on; twice is once.

    Raise `NotFound` when none of the events is there.
    """
    parameters = {"event_ids": list(event_ids), "participant_id": participant_id}
    if not await session.scalar(_BAN, parameters):
        raise NotFound("There is no such event.")


async def unban(session: AsyncSession, event_ids: Sequence[UUID], participant_id: UUID) -> None:
    """Let the participant write again."""
    parameters = {"event_ids": list(event_ids), "participant_id": participant_id}
    await session.execute(_UNBAN, parameters)


async def delete_participant(session: AsyncSession, participant_id: UUID) -> None:
    """Delete the participant's row, with its name and what still hangs on it, and its kept answers."""
    await erase_kept_answers(session, participant_id)
    await session.execute(delete(Participant).where(Participant.id == participant_id))
