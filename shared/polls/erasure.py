"""Taking a participant's votes out of every count."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.feed.history import erase_history
from shared.polls.queries import (
    find_open_polls,
    find_polls_with_words,
    publish_moved_polls,
    shut_gates,
)
from shared.tally.moves import next_shard
from shared.tally.queries import drop_zero_counters, taking_back

_ERASE_VOTES = taking_back("votes", "poll_id")


async def shut_open_polls(session: AsyncSession, event_id: UUID) -> None:
    """Wait until no vote of the event is under way, and let none begin before the commit.

    The event must be locked, so that no other poll can be opened.
    """
    polls = await find_open_polls(session, event_id)
    await shut_gates(session, [poll.id for poll in polls])


async def erase_votes(session: AsyncSession, event_id: UUID, participant_id: UUID) -> None:
    """Delete the participant's votes, correct the counts of their polls, and publish them.

    The polls' gates must be shut. A closed poll's final count changes too: it is that of the rows.
    """
    parameters = {"participant_id": participant_id, "shard": next_shard()}
    poll_ids = list(await session.scalars(_ERASE_VOTES, parameters))
    # Results that showed words hold perhaps some of this participant's, who may have changed or
    # retracted the vote since: what they were is forgotten in all of them.
    with_words = [poll.id for poll in await find_polls_with_words(session, event_id)]
    await publish_moved_polls(session, event_id, list({*poll_ids, *with_words}))
    await erase_history(session, event_id, [("poll_results", each) for each in with_words])
    # Also what an earlier vote said: its words are counters that nobody's vote holds any more.
    await drop_zero_counters(session, event_id, "poll")
