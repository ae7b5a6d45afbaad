"""SQL on polls; that on votes is in `shared.polls.votes`."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from shared.db import locks
from shared.db.engines import AsyncReadSession
from shared.errors import NotFound
from shared.events.models import Event
from shared.feed.history import erase_history
from shared.feed.publish import Publication, publish
from shared.identifiers import new_id
from shared.polls import rules
from shared.polls.gate import gate_key
from shared.polls.kinds import KINDS
from shared.polls.models import Poll, PollOption
from shared.polls.results import count_polls
from shared.polls.schemas import CreatePoll, UpdatePoll, poll_details
from shared.tally.models import TallySubject
from shared.tally.queries import add_subject


async def insert_poll(session: AsyncSession, *, event_id: UUID, request: CreatePoll) -> Poll:
    """Add a draft poll with its options, and publish it to the staff."""
    kind = KINDS[request.kind]
    scale = kind.scale(request)
    poll = Poll(
        id=new_id(),
        event_id=event_id,
        kind=request.kind,
        prompt=request.prompt,
        results_visibility=request.results_visibility,
        max_choices=kind.max_choices(request),
        scale=scale.model_dump() if scale else None,
        options=[
            PollOption(id=new_id(), position=position, label=option.label)
            for position, option in enumerate(request.options)
        ],
    )
    session.add(poll)
    await session.flush()
    await session.refresh(poll, ["status", "created_at"])
    await add_subject(session, event_id=event_id, subject_id=poll.id, kind="poll")
    await publish_polls(session, event_id, [poll])
    return poll


async def find_poll(session: AsyncSession | AsyncReadSession, poll_id: UUID) -> Poll:
    """Return the poll with its options; raise `NotFound` when there is none."""
    # In one statement: of a poll that is erased between two, no options would be left.
    found = await session.scalars(
        select(Poll).where(Poll.id == poll_id).options(joinedload(Poll.options))
    )
    poll = found.unique().one_or_none()
    if poll is None:
        raise NotFound("There is no such poll.")
    return poll


async def find_poll_ids(session: AsyncSession, event_id: UUID) -> list[UUID]:
    """Return the ids of the event's polls."""
    return list(await session.scalars(select(Poll.id).where(Poll.event_id == event_id)))


async def find_open_polls(session: AsyncSession, event_id: UUID) -> list[Poll]:
    """Return the event's open polls with their options."""
    polls = await session.scalars(
        select(Poll)
        .where(Poll.event_id == event_id, Poll.status == "open")
        .options(selectinload(Poll.options))
    )
    return list(polls)


async def find_polls_with_words(session: AsyncSession, event_id: UUID) -> list[Poll]:
    """Return the event's polls whose results show what participants wrote, as its settings say."""
    kinds = [name for name, kind in KINDS.items() if kind.ranked or kind.shows_texts]
    polls = await session.scalars(
        select(Poll)
        .where(Poll.event_id == event_id, Poll.kind.in_(kinds))
        .options(selectinload(Poll.options))
    )
    return list(polls)


async def shut_gates(session: AsyncSession, poll_ids: Sequence[UUID]) -> None:
    """Wait until no vote in these polls is under way, and let none begin before the commit."""
    await locks.shut_gates(session, map(gate_key, poll_ids))


async def close_polls(session: AsyncSession, polls: Sequence[Poll], *, status: str) -> None:
    """Close open polls for good: after the commit no vote counts, and the tally is final.

    The gate is shut before the state changes and before the tally is read, each in a statement of
    its own: a voter that got through before is counted, one that comes after sees the new state.
    """
    await shut_gates(session, [poll.id for poll in polls])
    closed_at = await session.scalar(select(func.clock_timestamp()))
    for poll in polls:
        poll.status = status
        poll.closed_at = closed_at
    await session.flush()


async def open_poll(session: AsyncSession, poll: Poll) -> None:
    """Open the poll, for the first time or again."""
    poll.status = "open"
    poll.closed_at = None
    if poll.opened_at is None:
        poll.opened_at = await session.scalar(select(func.clock_timestamp()))
    await session.flush()


async def erase_poll(session: AsyncSession, poll: Poll) -> None:
    """Delete the poll with its votes and counters, and publish that it is gone."""
    await shut_gates(session, [poll.id])
    await session.execute(delete(Poll).where(Poll.id == poll.id))
    await session.execute(delete(TallySubject).where(TallySubject.subject_id == poll.id))
    await publish(
        session,
        poll.event_id,
        [
            Publication("poll", poll.id, public=None, staff=None),
            Publication("poll_results", poll.id, public=None, staff=None),
        ],
    )
    await erase_history(session, poll.event_id, [("poll", poll.id), ("poll_results", poll.id)])


async def change_poll(session: AsyncSession, poll: Poll, request: UpdatePoll) -> None:
    """Write what the request changes, and publish it; the event must be locked.

    Raise `InvalidTransition` when the poll cannot get to the state that is asked for.
    """
    if request.prompt is not None:
        poll.prompt = request.prompt
    if request.results_visibility is not None:
        poll.results_visibility = request.results_visibility
    if request.status is not None and request.status != poll.status:
        rules.check_transition(poll.status, request.status)
        if rules.stops_voting(poll.status, request.status):
            await close_polls(session, [poll], status=request.status)
        elif request.status == "open":
            await open_poll(session, poll)
        else:
            poll.status = request.status
    await session.flush()
    await publish_polls(session, poll.event_id, [poll])


async def publish_polls(session: AsyncSession, event_id: UUID, polls: Sequence[Poll]) -> None:
    """Publish the polls and their counts to those who may see them."""
    event = await session.get_one(Event, event_id)
    results = await count_polls(session, event, polls)
    publications = []
    for poll in polls:
        details = poll_details(poll)
        counted = results[poll.id]
        shown = details if rules.is_public(poll) else None
        shown_results = counted.public if rules.results_are_public(poll) else None
        staff_results = counted.staff if rules.has_results(poll) else None
        publications.append(Publication("poll", poll.id, public=shown, staff=details))
        publications.append(
            Publication("poll_results", poll.id, public=shown_results, staff=staff_results)
        )
    await publish(session, event_id, publications)


async def publish_moved_polls(
    session: AsyncSession, event_id: UUID, poll_ids: Sequence[UUID]
) -> None:
    """Publish the polls whose counters have moved (the tick)."""
    polls = await session.scalars(
        select(Poll).where(Poll.id.in_(poll_ids)).options(selectinload(Poll.options))
    )
    await publish_polls(session, event_id, list(polls))
