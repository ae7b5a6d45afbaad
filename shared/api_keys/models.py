"""Tables of organizers and API keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base


class Organizer(Base):
    """Who owns events: a company, a university, a department."""

    __tablename__ = "organizers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ApiKey(Base):
    """An organizer's key, stored hashed."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_organizer_id_id", "organizer_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organizer_id: Mapped[UUID] = mapped_column(ForeignKey("organizers.id", ondelete="CASCADE"))
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
