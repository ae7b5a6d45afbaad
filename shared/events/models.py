"""Table of events."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    false,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.api_keys.models import Organizer
from shared.db.base import Base

_EPOCHS = 2**31


def new_feed_epoch() -> int:
    """Return a random epoch: that two lives share one is as good as impossible."""
    return secrets.randbelow(_EPOCHS)


class Event(Base):
    """One event; its row lock orders every control-plane change within it."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'live', 'ended')", name="status"),
        CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
        CheckConstraint("char_length(title) BETWEEN 1 AND 200", name="title"),
        # A code may be given again once its event has ended.
        Index(
            "uq_events_join_code_not_ended",
            "join_code",
            unique=True,
            postgresql_where=text("status <> 'ended'"),
        ),
        Index("ix_events_organizer_id_id", "organizer_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organizer_id: Mapped[UUID] = mapped_column(ForeignKey(Organizer.id))
    join_code: Mapped[str]
    title: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="draft")
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    question_moderation: Mapped[bool]
    allow_anonymous_questions: Mapped[bool]
    reactions_enabled: Mapped[bool]
    open_text_moderation: Mapped[bool] = mapped_column(server_default=false())
    word_cloud_stop_list: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    # The least time between two questions of one participant, seconds.
    slow_mode_s: Mapped[int] = mapped_column(server_default="0")
    word_filter_languages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    word_filter_words: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    # After the last change or the announced end; 0 keeps the event until it is erased by hand.
    retention_days: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    # By which the retention counts: the last time that anything was published, to whomever.
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # Its retention is over, and its erasure has begun.
    erasing_since: Mapped[datetime | None]
    # Heads of the two feeds. Apart, so that the public cannot see how busy the staff is.
    revision: Mapped[int] = mapped_column(BigInteger, server_default="0")
    staff_revision: Mapped[int] = mapped_column(BigInteger, server_default="0")
    # Which life of the database the cursors belong to; random, and made anew after a restore.
    feed_epoch: Mapped[int] = mapped_column(default=new_feed_epoch)
    ticked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
