"""SQL that finds whose credential it is, and to whom a thing belongs."""

from dataclasses import dataclass
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
    "question": text("""
        SELECT event.id AS event_id, event.organizer_id
        FROM questions JOIN events AS event ON event.id = questions.event_id
        WHERE questions.id = :id
    """),
}


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


async def find_owner(
    session: AsyncReadSession, kind: Literal["event", "poll", "question"], id: UUID
) -> Owner | None:
    """Return to whom the thing belongs, None when it is not there."""
    row = (await session.execute(_OWNERS[kind], {"id": id})).one_or_none()
    return None if row is None else Owner(event_id=row.event_id, organizer_id=row.organizer_id)
