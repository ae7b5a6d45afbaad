"""SQL that finds whose credential it is, and to whom a thing belongs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.db.pipeline import bytea_literal, read
from shared.identity.credentials import hash_secret
from shared.identity.principals import MemberPrincipal, OrganizerPrincipal, Role

_ORGANIZER = """
    SELECT organizer.id, organizer.name
    FROM api_keys JOIN organizers AS organizer ON organizer.id = api_keys.organizer_id
    WHERE api_keys.key_hash = CAST(:hash AS bytea)
"""
_MEMBER = """
    SELECT id, event_id, role, name FROM members WHERE token_hash = CAST(:hash AS bytea)
"""

_OWNERS = {
    "event": "SELECT id, organizer_id FROM events WHERE id = :id",
    "poll": """
        SELECT event.id, event.organizer_id
        FROM polls JOIN events AS event ON event.id = polls.event_id WHERE polls.id = :id
    """,
    "quiz": """
        SELECT event.id, event.organizer_id
        FROM quizzes JOIN events AS event ON event.id = quizzes.event_id WHERE quizzes.id = :id
    """,
    "question": """
        SELECT event.id, event.organizer_id
        FROM questions JOIN events AS event ON event.id = questions.event_id
        WHERE questions.id = :id
    """,
    "participant": """
        SELECT event.id, event.organizer_id
        FROM participants JOIN events AS event ON event.id = participants.event_id
        WHERE participants.id = :id
    """,
}
# Joining gives an id while the event is there; the clocks of two hosts may differ a little.
_CAN_HAVE_JOINED = """
    created_at - interval '1 minute' <= :joined_at AND :joined_at <= now() + interval '1 minute'
"""
_JOINABLE_BY_ORGANIZER = f"""
    SELECT id FROM events
    WHERE organizer_id = :id AND status = 'live' AND {_CAN_HAVE_JOINED} ORDER BY id
"""  # nosec B608  # of our own constants
_JOINABLE_BY_MEMBER = (
    f"SELECT id FROM events WHERE id = :id AND {_CAN_HAVE_JOINED}"  # nosec B608  # as above
)
Thing = Literal["event", "poll", "quiz", "question", "participant"]


@dataclass(frozen=True, slots=True)
class Owner:
    """The event that a thing belongs to, and that event's organizer."""

    event_id: UUID
    organizer_id: UUID


async def find_organizer(api_key: str) -> OrganizerPrincipal | None:
    """Return whose API key it is, None when it is nobody's."""
    rows = await read(_ORGANIZER, {"hash": bytea_literal(hash_secret(api_key))})
    return OrganizerPrincipal(*rows[0]) if rows else None


async def find_member(token: str) -> MemberPrincipal | None:
    """Return whose member token it is, None when it is nobody's or was revoked."""
    for id, event_id, role, name in await read(
        _MEMBER, {"hash": bytea_literal(hash_secret(token))}
    ):
        return MemberPrincipal(member_id=id, event_id=event_id, role=Role(role), name=name)
    return None


async def find_owner(kind: Thing, id: UUID) -> Owner | None:
    """Return to whom the thing belongs, None when it is not there."""
    rows = await read(_OWNERS[kind], {"id": id})
    return Owner(*rows[0]) if rows else None


async def find_events_of_newcomer(
    principal: OrganizerPrincipal | MemberPrincipal, joined_at: datetime
) -> list[UUID]:
    """Return the principal's events that somebody who wrote nothing yet can have joined then.

    Of an organizer's only the live ones: in others nothing can be written.
    """
    if isinstance(principal, OrganizerPrincipal):
        statement, id = _JOINABLE_BY_ORGANIZER, principal.organizer_id
    else:
        statement, id = _JOINABLE_BY_MEMBER, principal.event_id
    rows = await read(statement, {"id": id, "joined_at": joined_at})
    return [event_id for (event_id,) in rows]
