"""SQL on participants, and on who may write no more."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import NotFound
from shared.idempotency.queries import erase_kept_answers
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

# A hash as PostgreSQL makes it of an id; see `Ban`.
_HASH = "sha256(uuid_send({id}))"
# Whether who wrote a row of `wanted(event_id, participant_id)` may write no more. A number and not
# EXISTS, which PostgreSQL may answer by hashing the bans of all events once.
IS_BANNED = f"""
    (SELECT count(*) FROM bans AS ban WHERE ban.event_id = wanted.event_id
     AND ban.participant_hash = {_HASH.format(id="wanted.participant_id")}) > 0
"""  # nosec B608  # of our own constants
# The events are kept from vanishing under it.
_BAN = text(f"""
    WITH events AS (
        SELECT id FROM events WHERE id = ANY(:event_ids) ORDER BY id FOR KEY SHARE
    ),
    banned AS (
        INSERT INTO bans (event_id, participant_hash)
        SELECT id, {_HASH.format(id=":participant_id")} FROM events
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM events
""")  # nosec B608  # of our own constants
_UNBAN = text(f"""
    DELETE FROM bans WHERE event_id = ANY(:event_ids)
                           AND participant_hash = {_HASH.format(id=":participant_id")}
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
