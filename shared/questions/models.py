"""Tables of questions, upvotes and replies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, false, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db.base import Base
from shared.events.models import Event
from shared.participants.models import Participant
from shared.questions.values import QuestionStatus


class Question(Base):
    """What a participant asked."""

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint(
            "status IN ('pending', 'published', 'answered', 'dismissed', 'archived')", name="status"
        ),
        CheckConstraint("char_length(body) BETWEEN 1 AND 1000", name="body"),
        Index("ix_questions_event_id", "event_id"),
        Index("ix_questions_participant_id", "participant_id"),
        Index(
            "ix_questions_merged_into",
            "merged_into",
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"))
    body: Mapped[str]
    anonymous: Mapped[bool]
    status: Mapped[QuestionStatus] = mapped_column(Text)
    pinned: Mapped[bool] = mapped_column(server_default=false())
    highlighted: Mapped[bool] = mapped_column(server_default=false())
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # Words that the filter found when it was asked; the staff's only.
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    # The question that this one is a duplicate of: it is not shown, nor upvoted, as long as it is.
    merged_into: Mapped[UUID | None] = mapped_column(
        ForeignKey("questions.id", ondelete="SET NULL")
    )

    author: Mapped[Participant] = relationship(lazy="raise")
    replies: Mapped[list["Reply"]] = relationship(
        order_by="Reply.id", lazy="raise", passive_deletes=True
    )


class Reply(Base):
    """What a host or moderator wrote below a question."""

    __tablename__ = "replies"
    __table_args__ = (
        CheckConstraint("char_length(body) BETWEEN 1 AND 1000", name="body"),
        Index("ix_replies_question_id", "question_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"))
    author_name: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Upvote(Base):
    """A participant's support of a question, and the counter move it made."""

    __tablename__ = "upvotes"
    __table_args__ = (
        Index("ix_upvotes_participant_id", "participant_id"),
        Index(
            "ix_upvotes_merged_from",
            "merged_from",
            postgresql_where=text("merged_from IS NOT NULL"),
        ),
    )

    question_id: Mapped[UUID] = mapped_column(
        ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    # The merged question that brought it: what its participant did not give here itself.
    merged_from: Mapped[UUID | None] = mapped_column(
        ForeignKey("questions.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
