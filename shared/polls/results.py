"""Reading what a poll's votes add up to, for each audience: never more of it than is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engines import AsyncReadSession
from shared.events.models import Event
from shared.polls import rules
from shared.polls.kinds import KINDS
from shared.polls.kinds.base import VOTERS, Counted, PublishedResults, WrittenText
from shared.polls.models import Poll
from shared.polls.texts import newest_texts
from shared.tally.queries import read_largest, read_tallies
from shared.tally.values import Tally

MOST_RANKED = 100


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one poll, as the audience sees them when it may, and as the staff does."""

    public: PublishedResults
    staff: PublishedResults


async def count_polls(
    session: AsyncSession | AsyncReadSession, event: Event, polls: Sequence[Poll]
) -> Mapping[UUID, Results]:
    """Return the results of the event's polls as they are now."""
    tallies = await _read_counters(session, event, polls)
    results = {}
    for poll in polls:
        if KINDS[poll.kind].shows_texts:
            moderated = event.open_text_moderation
            public = await newest_texts(session, poll.id, moderated=moderated, for_staff=False)
            staff = await newest_texts(session, poll.id, moderated=moderated, for_staff=True)
        else:
            public = staff = []
        results[poll.id] = Results(
            public=_publish(poll, tallies[poll.id], public, for_staff=False),
            staff=_publish(poll, tallies[poll.id], staff, for_staff=True),
        )
    return results


async def _read_counters(
    session: AsyncSession | AsyncReadSession, event: Event, polls: Sequence[Poll]
) -> dict[UUID, Tally]:
    """Return each poll's counters: all of them, or where the kind ranks them the largest, in order."""
    whole = [poll.id for poll in polls if KINDS[poll.kind].ranked is None]
    tallies = dict(await read_tallies(session, whole)) if whole else {}
    for poll in polls:
        prefix = KINDS[poll.kind].ranked
        if prefix is not None:
            left_out = [prefix + word for word in event.word_cloud_stop_list]
            tallies[poll.id] = await read_largest(
                session, poll.id, prefix=prefix, limit=MOST_RANKED, left_out=left_out, also=VOTERS
            )
    return tallies


def _publish(
    poll: Poll, tally: Tally, texts: Sequence[WrittenText], *, for_staff: bool
) -> PublishedResults:
    counted = Counted(
        poll_id=poll.id,
        final=rules.is_final(poll),
        option_ids=[option.id for option in poll.options],
        steps=steps_of(poll),
        counts=tally,
        texts=texts,
        for_staff=for_staff,
    )
    return KINDS[poll.kind].publish(counted)


def steps_of(poll: Poll) -> int:
    """Return the steps of the poll's scale, 0 where it has none."""
    return int(poll.scale["steps"]) if poll.scale else 0
