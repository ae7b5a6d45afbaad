"""Table of reactions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base
from shared.events.models import Event
from shared.participants.models import Participant


class Reaction(Base):
    """What one participant has sent in its event so far: how many of each kind."""

    __tablename__ = "reactions"
    __table_args__ = (Index("ix_reactions_participant_id", "participant_id"),)

    event_id: Mapped[UUID] = mapped_column(
        ForeignKey(Event.id, ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey(Participant.id, ondelete="CASCADE"), primary_key=True
    )
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    # The write that was added last, so that a batch which is run again adds nothing.
    last_write: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
