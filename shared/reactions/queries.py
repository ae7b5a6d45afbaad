"""SQL on reactions: what is published of them, and taking a participant's out of it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.feed.publish import Publication, publish
from shared.reactions.schemas import reaction_counts
from shared.tally.moves import next_shard
from shared.tally.queries import read_tallies, taking_back

_ERASE = taking_back("reactions", "event_id")


async def publish_reactions(
    session: AsyncSession, event_id: UUID, subject_ids: Sequence[UUID]
) -> None:
    """Publish the counts of the event, whose id is that of their subject too."""
    tallies = await read_tallies(session, subject_ids)
    counts = [(id, reaction_counts(tally)) for id, tally in tallies.items()]
    entries = [Publication("reactions", id, public=each, staff=each) for id, each in counts]
    await publish(session, event_id, entries)


async def erase_reactions(session: AsyncSession, event_id: UUID, participant_id: UUID) -> None:
    """Delete the participant's reactions, correct the event's counts, and publish them.

    The audience's gate must be shut.
    """
    parameters = {"participant_id": participant_id, "shard": next_shard()}
    subject_ids = list(await session.scalars(_ERASE, parameters))
    await publish_reactions(session, event_id, subject_ids)
