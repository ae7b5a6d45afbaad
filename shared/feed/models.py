"""Tables of the change feed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base


class FeedEntry(Base):
    """The latest body of one thing for one audience, with the revision that last changed it."""

    __tablename__ = "feed_entries"
    __table_args__ = (
        # Every entry has a revision of its own, so a page may be cut anywhere.
        UniqueConstraint("event_id", "audience", "revision"),
        CheckConstraint("audience IN ('public', 'staff')", name="audience"),
        CheckConstraint("revision > 0", name="revision"),
    )

    event_id: Mapped[UUID] = mapped_column(
        ForeignKey("events.id", ondelete="CASCADE"), primary_key=True
    )
    audience: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    # The JSON bytes as they are sent; NULL is a tombstone.
    body: Mapped[str | None]


class FeedChange(Base):
    """One change of the public feed, kept when the next one of the same thing has come."""

    __tablename__ = "feed_history"

    event_id: Mapped[UUID] = mapped_column(
        ForeignKey("events.id", ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    type: Mapped[str]
    entity_id: Mapped[UUID]
    # As in the feed; NULL also where it was erased since.
    body: Mapped[str | None]
    erased: Mapped[bool] = mapped_column(server_default=false())
    changed_at: Mapped[datetime]
