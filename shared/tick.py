"""The tick: how votes, upvotes and answers reach the feed without touching any row that is shared.

At most once per interval and event, one process turns the counters that moved into feed entries.
Readers start it, so it needs no worker, and works in Lambda as on ECS; after a crash the next
reader publishes what was committed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.announcements.queries import publish_expired
from shared.db.engines import write_session
from shared.db.locks import try_turn
from shared.due import IS_DUE, due_parameters
from shared.events.queries import lock_event
from shared.observability import metrics
from shared.polls.queries import publish_moved_polls
from shared.questions.queries import publish_questions
from shared.quizzes.queries import publish_moved_quizzes
from shared.reactions.queries import publish_reactions
from shared.settings import get_settings
from shared.tally.queries import mark_published, oldest_move_age_ms, unpublished_subjects
from shared.tally.values import SubjectKind

PUBLISHERS: Mapping[
    SubjectKind, Callable[[AsyncSession, UUID, Sequence[UUID]], Awaitable[object]]
] = {
    "poll": publish_moved_polls,
    "question": publish_questions,
    "quiz_question": publish_moved_quizzes,
    "reactions": publish_reactions,
}

_IS_DUE = text(IS_DUE)


async def publish_moved(event_id: UUID) -> None:
    """Publish every counter of the event that moved, and take away what has expired.

    Do nothing where another process is doing or did just that.
    """
    async with write_session() as session:
        if not await try_turn(session, "tick", event_id):
            return
        event = await lock_event(session, event_id)
        if not await session.scalar(_IS_DUE, due_parameters(event_id)):
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
