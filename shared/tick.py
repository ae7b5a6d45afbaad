"""The tick: how votes, upvotes and answers reach the feed without touching any row that is shared.

At most once per interval and event, one process turns the counters that moved into feed entries.
Readers start it, so it needs no worker, and works in Lambda as on ECS; after a crash the next
reader publishes what was committed.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.announcements.queries import HAS_EXPIRED, publish_expired
from shared.db.engines import AsyncReadSession, read_session, write_session
from shared.db.locks import try_turn
from shared.db.retry import is_unavailable
from shared.errors import NotFound
from shared.events.queries import lock_event
from shared.observability import metrics
from shared.polls.queries import publish_moved_polls
from shared.questions.queries import publish_questions
from shared.quizzes.queries import publish_moved_quizzes
from shared.reactions.queries import publish_reactions
from shared.settings import get_settings
from shared.tally.values import SubjectKind
from shared.tally.queries import (
    IS_LOOKED_AT,
    mark_published,
    oldest_move_age_ms,
    unpublished_subjects,
)

PUBLISHERS: Mapping[
    SubjectKind, Callable[[AsyncSession, UUID, Sequence[UUID]], Awaitable[object]]
] = {
    "poll": publish_moved_polls,
    "question": publish_questions,
    "quiz_question": publish_moved_quizzes,
    "reactions": publish_reactions,
}

_REMEMBERED_EVENTS = 10_000

_IS_DUE = text(f"""
    SELECT event.ticked_at <= clock_timestamp() - make_interval(secs => :interval_s)
           AND ({HAS_EXPIRED} OR EXISTS (
               SELECT 1 FROM tally_subjects AS subject
               JOIN tally_counters AS counter USING (subject_id)
               WHERE subject.event_id = event.id AND {IS_LOOKED_AT}
               GROUP BY subject.subject_id
               HAVING sum(counter.moves) <> subject.published_moves
           ))
    FROM events AS event WHERE event.id = :event_id
""")  # nosec B608  # of our own constants

# When this process last looked, by event: what keeps statements independent of the audience.
_looked: OrderedDict[UUID, float] = OrderedDict()


async def tick_if_due(event_id: UUID) -> None:
    """Publish the event's moved counters and what expired; at most once an interval in all processes.

    That it cannot write now, for a conflict or want of a connection, is no error for whoever reads:
    the next reader's tick publishes as much.
    """
    if not _first_look(event_id):
        return
    async with read_session() as session:
        if not await _is_due(session, event_id):
            return
    try:
        await publish_moved(event_id)
    except NotFound:
        return
    except Exception as error:
        if not is_unavailable(error):
            raise


def _first_look(event_id: UUID) -> bool:
    interval_s = get_settings().tick_interval_ms / 1000
    now = time.monotonic()
    last = _looked.get(event_id)
    if last is not None and now - last < interval_s:
        return False
    _looked[event_id] = now
    _looked.move_to_end(event_id)
    if len(_looked) > _REMEMBERED_EVENTS:
        _looked.popitem(last=False)
    return True


async def _is_due(session: AsyncSession | AsyncReadSession, event_id: UUID) -> bool:
    interval_s = get_settings().tick_interval_ms / 1000
    due = await session.scalar(_IS_DUE, {"event_id": event_id, "interval_s": interval_s})
    return bool(due)


async def publish_moved(event_id: UUID) -> None:
    """Publish every counter of the event that moved, and take away what has expired.

    Do nothing where another process is doing or did just that.
    """
    async with write_session() as session:
        if not await try_turn(session, "tick", event_id):
            return
        event = await lock_event(session, event_id)
        if not await _is_due(session, event_id):
            return
        last_tick = event.ticked_at
        event.ticked_at = func.clock_timestamp()
        await session.flush()
        # Read after the lock: what is published can never be older than what is shown.
        moved = await unpublished_subjects(session, event_id)
        for kind, moves in moved.items():
            await PUBLISHERS[kind](session, event_id, list(moves))
            await mark_published(session, moves)
        await publish_expired(session, event_id)
        if moved and get_settings().metrics_enabled:
            subjects = [subject for moves in moved.values() for subject in moves]
            lag_ms = await oldest_move_age_ms(session, subjects, since=last_tick)
            metrics.keep_largest("FeedLag", lag_ms, operation="get_changes", unit="Milliseconds")
