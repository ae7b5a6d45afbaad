"""Tables of polls, their options and their votes."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db.base import Base
from shared.events.models import Event

PollKind = Literal["single_choice", "multiple_choice"]
PollStatus = Literal["draft", "open", "closed", "archived"]
ResultsVisibility = Literal["live", "after_close", "staff"]


class Poll(Base):
    """One poll of an event."""

    __tablename__ = "polls"
    __table_args__ = (
        CheckConstraint("kind IN ('single_choice', 'multiple_choice')", name="kind"),
        CheckConstraint("status IN ('draft', 'open', 'closed', 'archived')", name="status"),
        CheckConstraint(
            "results_visibility IN ('live', 'after_close', 'staff')", name="results_visibility"
        ),
        CheckConstraint("max_choices >= 1", name="max_choices"),
        Index("ix_polls_event_id", "event_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    kind: Mapped[str]
    prompt: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="draft")
    results_visibility: Mapped[str]
    max_choices: Mapped[int] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    options: Mapped[list["PollOption"]] = relationship(
        order_by="PollOption.position", lazy="raise", passive_deletes=True
    )


class PollOption(Base):
    """One of the answers that a poll offers."""

    __tablename__ = "poll_options"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)
    label: Mapped[str]


class Vote(Base):
    """What one participant answered in one poll, and the counter moves it made."""

    __tablename__ = "votes"
    __table_args__ = (Index("ix_votes_participant_id", "participant_id"),)

    poll_id: Mapped[UUID] = mapped_column(
        ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    ballot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    cast_at: Mapped[datetime] = mapped_column(server_default=func.now())
