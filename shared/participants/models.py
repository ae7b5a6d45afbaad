"""Tables of participants who have written something, and of those who may write nothing more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base
from shared.events.models import Event


class Participant(Base):
    """Who wrote something; the id and the name come from the signed token."""

    __tablename__ = "participants"
    __table_args__ = (Index("ix_participants_event_id", "event_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    display_name: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Ban(Base):
    """A participant who may not write in the event any more: banned, or erased.

    Known by a hash, so that nothing here names who was erased; a UUIDv7 has 74 random bits, too many
    to guess. Apart from the participants, of whom those who wrote nothing have no row.
    """

    __tablename__ = "bans"

    event_id: Mapped[UUID] = mapped_column(
        ForeignKey(Event.id, ondelete="CASCADE"), primary_key=True
    )
    participant_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
