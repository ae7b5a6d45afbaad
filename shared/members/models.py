"""Table of members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base
from shared.events.models import Event


class Member(Base):
    """A person with a role in one event, known by a revocable token that is stored hashed."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("role IN ('host', 'moderator', 'presenter')", name="role"),
        Index("ix_members_event_id", "event_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    role: Mapped[str]
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
