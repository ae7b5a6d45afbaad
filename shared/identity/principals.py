"""Who can ask: an organizer, a member of an event, a participant of an event."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a credential makes of its bearer."""

    ORGANIZER = "organizer"
    HOST = "host"
    MODERATOR = "moderator"
    PRESENTER = "presenter"
    PARTICIPANT = "participant"


@dataclass(frozen=True, slots=True)
class OrganizerPrincipal:
    """The bearer of an API key: a host in every event of its organizer."""

    organizer_id: UUID
    name: str

    @property
    def role(self) -> Role:
        """The role in the policy's table."""
        return Role.ORGANIZER

    @property
    def id(self) -> UUID:
        """Whose Idempotency-Keys these are."""
        return self.organizer_id


@dataclass(frozen=True, slots=True)
class MemberPrincipal:
    """The bearer of a member token."""

    member_id: UUID
    event_id: UUID
    role: Role
    name: str

    @property
    def id(self) -> UUID:
        """Whose Idempotency-Keys these are."""
        return self.member_id


@dataclass(frozen=True, slots=True)
class ParticipantPrincipal:
    """The bearer of a participant token."""

    participant_id: UUID
    event_id: UUID
    display_name: str | None

    @property
    def role(self) -> Role:
        """The role in the policy's table."""
        return Role.PARTICIPANT

    @property
    def id(self) -> UUID:
        """Whose Idempotency-Keys these are."""
        return self.participant_id


Principal = OrganizerPrincipal | MemberPrincipal | ParticipantPrincipal
