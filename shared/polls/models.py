"""Tables of polls, their options and their votes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db.base import Base
from shared.events.models import Event


class Poll(Base):
    """One poll of an event."""

    __tablename__ = "polls"
    __table_args__ = (
        # Which kinds there are is known to `shared.polls.kinds` alone (decision 0026).
        CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name="kind"),
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
    scale: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
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
    __table_args__ = (
        Index("ix_votes_participant_id", "participant_id"),
        Index(
            "ix_votes_poll_id_text_at",
            "poll_id",
            "text_at",
            postgresql_where=text("text_at IS NOT NULL"),
        ),
    )

    poll_id: Mapped[UUID] = mapped_column(
        ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    ballot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    cast_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # When a text was written, NULL for a ballot without one: apart from `cast_at`, so that no index
    # stands in the way of the votes of other kinds.
    text_at: Mapped[datetime | None]


class TextReview(Base):
    """What the staff decided on one participant's text; it holds for this text only, not for a next one."""

    __tablename__ = "text_reviews"
    __table_args__ = (
        CheckConstraint("status IN ('published', 'dismissed')", name="status"),
        ForeignKeyConstraint(
            ["poll_id", "participant_id"],
            ["votes.poll_id", "votes.participant_id"],
            ondelete="CASCADE",
        ),
    )

    poll_id: Mapped[UUID] = mapped_column(primary_key=True)
    participant_id: Mapped[UUID] = mapped_column(primary_key=True)
    # Of the text, so that what a participant took back is not kept here.
    text_md5: Mapped[str]
    status: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
