"""Table of announcements."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text, true
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base
from shared.events.models import Event


class Announcement(Base):
    """What the staff tells everyone."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint("char_length(body) BETWEEN 1 AND 1000", name="body"),
        Index("ix_announcements_event_id", "event_id"),
        # What every tick asks: is there something to take away?
        Index(
            "ix_announcements_event_id_expires_at",
            "event_id",
            "expires_at",
            postgresql_where=text("shown AND expires_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    body: Mapped[str]
    pinned: Mapped[bool]
    expires_at: Mapped[datetime | None]
    # In the feed: until a tick after `expires_at` has taken it away.
    shown: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
