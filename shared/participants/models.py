"""Table of participants who have written something."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
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
