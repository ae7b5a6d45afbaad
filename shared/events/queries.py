"""SQL on events."""

from functools import partial
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import locks
from shared.db.after_commit import after_commit
from shared.db.engines import AsyncReadSession
from shared.db.long_writes import allow_long_statements
from shared.errors import NotFound, Unavailable
from shared.events import joinable
from shared.events.gate import audience_gate_key
from shared.events.models import Event
from shared.events.schemas import CreateEvent, UpdateEvent, public_event, staff_event
from shared.feed.publish import Publication, publish
from shared.idempotency.queries import erase_answers
from shared.identifiers import new_id, new_join_code

_JOIN_CODE_ATTEMPTS = 5


async def insert_event(session: AsyncSession, *, organizer_id: UUID, request: CreateEvent) -> Event:
    """Add a draft event under a join code that no other unended event has, and publish it."""
    for _ in range(_JOIN_CODE_ATTEMPTS):
        event = Event(
            id=new_id(),
            organizer_id=organizer_id,
            join_code=new_join_code(),
            title=request.title,
            starts_at=request.starts_at,
            ends_at=request.ends_at,
            **request.settings.model_dump(),
        )
        try:
            async with session.begin_nested():
                session.add(event)
        except IntegrityError as taken:
            if "uq_events_join_code_not_ended" not in str(taken.orig):
                raise
            continue
        await session.refresh(event)
        await publish_event(session, event)
        await session.refresh(event)
        return event
    raise Unavailable("No free join code was found. Nothing was changed; try again.")


async def lock_event(session: AsyncSession, event_id: UUID) -> Event:
    """Return the event, locked against every other control-plane change until the commit.

    FOR NO KEY UPDATE, not FOR UPDATE: the foreign keys of hot writes must not wait for it.
    Raise `NotFound` when it is gone.
    """
    event = await session.scalar(
        select(Event)
        .where(Event.id == event_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if event is None:
        raise NotFound("There is no such event.")
    return event


async def find_event(session: AsyncSession | AsyncReadSession, event_id: UUID) -> Event:
    """Return the event; raise `NotFound` when there is none."""
    event = await session.get(Event, event_id)
    if event is None:
        raise NotFound("There is no such event.")
    return event


async def list_organizer_events(
    session: AsyncReadSession, *, organizer_id: UUID, before: UUID | None, limit: int
) -> list[Event]:
    """Return up to `limit` events of the organizer, newest first, made before event `before`."""
    statement = select(Event).where(Event.organizer_id == organizer_id)
    if before is not None:
        statement = statement.where(Event.id < before)
    return list(await session.scalars(statement.order_by(Event.id.desc()).limit(limit)))


async def change_event(session: AsyncSession, event: Event, request: UpdateEvent) -> None:
    """Write what the request changes of a locked event, and publish it."""
    if request.title is not None:
        event.title = request.title
    if request.status is not None:
        event.status = request.status
    if request.settings is not None:
        for name, value in request.settings.changes().items():
            setattr(event, name, value)
    await session.flush()
    await publish_event(session, event)
    await session.refresh(event)


async def publish_event(session: AsyncSession, event: Event) -> None:
    """Publish the event's own entry to both audiences."""
    entry = Publication("event", event.id, public=public_event(event), staff=staff_event(event))
    await publish(session, event.id, [entry])


_ERASE_VOTES = text("""
    DELETE FROM votes USING polls WHERE polls.id = votes.poll_id AND polls.event_id = :event_id
""")


async def delete_event(session: AsyncSession, event_id: UUID) -> None:
    """Delete the event and everything in it, which hangs on it by foreign keys.

    In one transaction, however large: whoever reads sees the whole event until it is gone. The gates
    of all that is written in it must be shut.
    """
    await allow_long_statements(session)
    await erase_answers(session, event_id)
    # All at once, and not one by one for each participant: half the time of a large event.
    await session.execute(_ERASE_VOTES, {"event_id": event_id})
    await session.execute(delete(Event).where(Event.id == event_id))


async def shut_audience_gate(session: AsyncSession, event_id: UUID) -> None:
    """Wait until no write of the audience is under way, and let none begin before the commit."""
    await locks.shut_gates(session, [audience_gate_key(event_id)])


def forget_joinable(session: AsyncSession, join_code: str) -> None:
    """Ask the database again at the next join after the commit: this process has changed the event."""
    after_commit(session, partial(joinable.forget, join_code))
