"""Erasing events, whole: those that were kept for as long as they should be, and those that somebody erases.

What the audience wrote goes first, in batches of its authors, so that an event of a million votes
holds up nobody; then the event itself, with what is left. From the first batch on the event is
marked: it is ended, and stays due however often the erasure is interrupted. One that is erased by
hand goes the same way when it is large: what no request has the time for, the next one goes on with.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import TextClause, text

from shared.db.engines import read_session, write_session
from shared.db.retry import DATABASE_ERRORS
from shared.erasure import erase_event
from shared.errors import NotFound
from shared.events.queries import forget_joinable
from shared.events.queries import lock_event
from shared.idempotency.queries import sweep_answers
from shared.observability import log_failure

# Authors whose writing goes in one transaction, and changes of the history: a fraction of a second.
_AUTHORS = 1_000
_CHANGES = 5_000

_IS_DUE = """
    event.erasing_since IS NOT NULL OR event.retention_days > 0 AND
    greatest(event.changed_at, event.starts_at, event.ends_at)
        + make_interval(days => event.retention_days) < clock_timestamp()
"""
_DUE = text(f"""
    SELECT event.id FROM events AS event WHERE {_IS_DUE} ORDER BY event.id
""")  # nosec B608  # of our own constants
# Judged anew under the lock: somebody may have gone on with the event meanwhile. Nothing is published,
# since the audience is not to be told, and that would be a change.
_BEGIN = text(f"""
    UPDATE events AS event
    SET status = 'ended', erasing_since = coalesce(erasing_since, clock_timestamp())
    WHERE event.id = :event_id AND ({_IS_DUE}) RETURNING 1
""")  # nosec B608  # of our own constants
_MARK = text("""
    UPDATE events SET status = 'ended', erasing_since = coalesce(erasing_since, clock_timestamp())
    WHERE id = :event_id
""")
_HAS_MORE_AUTHORS = text("""
    SELECT EXISTS (SELECT FROM participants WHERE event_id = :event_id OFFSET :limit)
""")
# Two erasures of one event take different authors.
_ERASE_AUTHORS = text("""
    WITH author AS (
        SELECT id FROM participants WHERE event_id = :event_id LIMIT :limit FOR UPDATE SKIP LOCKED
    ),
    answers AS (
        DELETE FROM idempotency_keys USING author WHERE principal_id = author.id
    )
    DELETE FROM participants USING author WHERE participants.id = author.id RETURNING 1
""")
_ERASE_CHANGES = text("""
    DELETE FROM feed_history WHERE event_id = :event_id AND revision IN (
        SELECT revision FROM feed_history WHERE event_id = :event_id ORDER BY revision LIMIT :limit
    ) RETURNING 1
""")


class IncompleteErasure(Exception):
    """Some events could not be erased; the log says why, and the next run tries again."""


@dataclass
class Erasures:
    """What a run came to: events erased, events that failed, events left for the next run."""

    erased: int = 0
    failed: int = 0
    left: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return it for a log line or an answer."""
        return asdict(self)

    def check(self) -> None:
        """Raise `IncompleteErasure` when an event failed."""
        if self.failed:
            raise IncompleteErasure(f"{self.failed} events could not be erased")


async def erase_expired(has_time: Callable[[], bool]) -> Erasures:
    """Erase every event that is due, and answers kept for longer than a day, while there is time."""
    erasures = Erasures()
    async with read_session() as session:
        due = list(await session.scalars(_DUE))
    for number, event_id in enumerate(due):
        if not has_time():
            erasures.left = len(due) - number
            break
        try:
            if await _erase(event_id, has_time):
                erasures.erased += 1
        except DATABASE_ERRORS as error:
            # One event shall not keep the others; the next run tries it again.
            log_failure("an expired event was not erased", error)
            erasures.failed += 1
    await _sweep(has_time)
    return erasures


async def erase_now(event_id: UUID) -> None:
    """Erase an event with everything in it; a large one in batches, and for good from the first one on.

    Raise `NotFound` when it is gone. Whatever interrupts a large erasure, the next call goes on with
    it, or else the next `erase_expired`.
    """
    async with write_session() as session:
        event = await lock_event(session, event_id)
        large = {"event_id": event_id, "limit": _AUTHORS}
        if not await session.scalar(_HAS_MORE_AUTHORS, large):
            await erase_event(session, event)
            return
        await session.execute(_MARK, {"event_id": event_id})
        forget_joinable(session, event.join_code)
    await _erase_marked(event_id, lambda: True)


async def _erase(event_id: UUID, has_time: Callable[[], bool]) -> bool:
    """Erase one event; return whether it is gone, and not kept after all or left for the next run."""
    async with write_session() as session:
        if await session.scalar(_BEGIN, {"event_id": event_id}) is None:
            return False
    return await _erase_marked(event_id, has_time)


async def _erase_marked(event_id: UUID, has_time: Callable[[], bool]) -> bool:
    """Erase an event that is ended and stays due; return whether there was time for all of it."""
    for statement, limit in ((_ERASE_AUTHORS, _AUTHORS), (_ERASE_CHANGES, _CHANGES)):
        while await _erase_batch(statement, event_id, limit) == limit:
            if not has_time():
                return False
    async with write_session() as session:
        try:
            event = await lock_event(session, event_id)
        except NotFound:  # by hand, meanwhile
            return True
        await erase_event(session, event)
    return True


async def _erase_batch(statement: TextClause, event_id: UUID, limit: int) -> int:
    async with write_session() as session:
        erased = await session.scalars(statement, {"event_id": event_id, "limit": limit})
        return len(erased.all())


async def _sweep(has_time: Callable[[], bool]) -> None:
    while has_time():
        async with write_session() as session:
            if not await sweep_answers(session):
                return
