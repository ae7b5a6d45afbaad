"""SQL that finds whose credential it is, and to whom a thing belongs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from shared.db.engines import AsyncReadSession
from shared.identity.credentials import hash_secret
from shared.identity.principals import MemberPrincipal, OrganizerPrincipal, Role

_ORGANIZER = text("""
    SELECT organizer.id, organizer.name
    FROM api_keys JOIN organizers AS organizer ON organizer.id = api_keys.organizer_id
    WHERE api_keys.key_hash = :hash
""")
_MEMBER = text("SELECT id, event_id, role, name FROM members WHERE token_hash = :hash")

_OWNERS = {
    "event": text("SELECT id AS event_id, organizer_id FROM events WHERE id = :id"),
    "poll": text("""
        SELECT event.id AS event_id, event.organizer_id
        FROM polls JOIN events AS event ON event.id = polls.event_id WHERE polls.id = :id
    """),
    "quiz": text("""
        SELECT event.id AS event_id, event.organizer_id
        FROM quizzes JOIN events AS event ON event.id = quizzes.event_id WHERE quizzes.id = :id
    """),
    "question": text("""
        SELECT event.id AS event_id, event.organizer_id
        FROM questions JOIN events AS event ON event.id = questions.event_id
        WHERE questions.id = :id
    """),
    "participant": text("""
        SELECT event.id AS event_id, event.organizer_id
        FROM participants JOIN events AS event ON event.id = participants.event_id
        WHERE participants.id = :id
    """),
}
# Joining gives an id while the event is there; the clocks of two hosts may differ a little.
_CAN_HAVE_JOINED = """
    created_at - interval '1 minute' <= :joined_at AND :joined_at <= now() + interval '1 minute'
"""
_JOINABLE_BY_ORGANIZER = text(f"""
    SELECT id FROM events
    WHERE organizer_id = :id AND status = 'live' AND {_CAN_HAVE_JOINED} ORDER BY id
""")  # nosec B608  # of our own constants
_JOINABLE_BY_MEMBER = text(
    f"SELECT id FROM events WHERE id = :id AND {_CAN_HAVE_JOINED}"  # nosec B608  # as above
)
Thing = Literal["event", "poll", "quiz", "question", "participant"]


@dataclass(frozen=True, slots=True)
class Owner:
    """The event that a thing belongs to, and that event's organizer."""

    event_id: UUID
    organizer_id: UUID


async def find_organizer(session: AsyncReadSession, api_key: str) -> OrganizerPrincipal | None:
    """Return whose API key it is, None when it is nobody's."""
    row = (await session.execute(_ORGANIZER, {"hash": hash_secret(api_key)})).one_or_none()
    return None if row is None else OrganizerPrincipal(organizer_id=row.id, name=row.name)


async def find_member(session: AsyncReadSession, token: str) -> MemberPrincipal | None:
    """Return whose member token it is, None when it is nobody's or was revoked."""
    row = (await session.execute(_MEMBER, {"hash": hash_secret(token)})).one_or_none()
    if row is None:
        return None
    return MemberPrincipal(
        member_id=row.id, event_id=row.event_id, role=Role(row.role), name=row.name
    )


async def find_owner(session: AsyncReadSession, kind: Thing, id: UUID) -> Owner | None:
    """Return to whom the thing belongs, None when it is not there."""
    row = (await session.execute(_OWNERS[kind], {"id": id})).one_or_none()
    return None if row is None else Owner(event_id=row.event_id, organizer_id=row.organizer_id)


async def find_events_of_newcomer(
    session: AsyncReadSession, principal: OrganizerPrincipal | MemberPrincipal, joined_at: datetime
) -> list[UUID]:
    """Return the principal's events that somebody who wrote nothing yet can have joined then.

    Of an organizer's only the live ones: in others nothing can be written.
    """
    if isinstance(principal, OrganizerPrincipal):
        statement, id = _JOINABLE_BY_ORGANIZER, principal.organizer_id
    else:
        statement, id = _JOINABLE_BY_MEMBER, principal.event_id
    return list(await session.scalars(statement, {"id": id, "joined_at": joined_at}))
