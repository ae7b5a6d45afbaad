"""Tables of the counters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base
from shared.tally.keys import MANY


class TallySubject(Base):
    """Something that is counted, and how far its count has been published."""

    __tablename__ = "tally_subjects"
    __table_args__ = (
        CheckConstraint("kind IN ('poll', 'question', 'quiz_question', 'reactions')", name="kind"),
        Index("ix_tally_subjects_event_id", "event_id"),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    kind: Mapped[str]
    # The sum of `moves` that the feed shows: another sum means that there is something to publish.
    published_moves: Mapped[int] = mapped_column(BigInteger, server_default="0")


class TallyCounter(Base):
    """One shard of one counter. `count` may be negative: a retraction may meet another shard."""

    __tablename__ = "tally_counters"
    __table_args__ = (
        Index(
            "ix_tally_counters_subject_id_few",
            "subject_id",
            postgresql_where=text(f"NOT starts_with(key, '{MANY}')"),
        ),
        # Room in each page for the new version of a row, so that counting touches no index (HOT).
        {"postgresql_with": {"fillfactor": 50}},
    )

    subject_id: Mapped[UUID] = mapped_column(
        ForeignKey("tally_subjects.subject_id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    moves: Mapped[int] = mapped_column(BigInteger)
    moved_at: Mapped[datetime] = mapped_column(server_default=func.now())
