"""Tables of quizzes, their questions, answers and scores."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db.base import Base
from shared.events.models import Event


class Quiz(Base):
    """One quiz of an event."""

    __tablename__ = "quizzes"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'lobby', 'question', 'reveal', 'finished')", name="state"
        ),
        Index("ix_quizzes_event_id", "event_id"),
        # An audience looks at one quiz at a time.
        Index(
            "uq_quizzes_event_id_under_way",
            "event_id",
            unique=True,
            postgresql_where=text("state IN ('lobby', 'question', 'reveal')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    title: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="draft")
    streak_bonus: Mapped[bool] = mapped_column(server_default=false())
    # How many questions were shown, and so which one is: they are numbered from 1.
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    questions: Mapped[list["QuizQuestion"]] = relationship(
        order_by="QuizQuestion.position", lazy="raise", passive_deletes=True
    )


class QuizQuestion(Base):
    """One question of a quiz; it has no times before it is shown."""

    __tablename__ = "quiz_questions"
    __table_args__ = (UniqueConstraint("quiz_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)
    prompt: Mapped[str]
    time_limit_s: Mapped[int] = mapped_column(SmallInteger)
    points: Mapped[int] = mapped_column(SmallInteger)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    revealed_at: Mapped[datetime | None]

    options: Mapped[list["QuizOption"]] = relationship(
        order_by="QuizOption.position", lazy="raise", passive_deletes=True
    )


class QuizOption(Base):
    """One of the answers that a question offers, and whether it is right."""

    __tablename__ = "quiz_options"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_questions.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)
    label: Mapped[str]
    correct: Mapped[bool]


class QuizAnswer(Base):
    """What one participant answered to one question, and the counter moves it made."""

    __tablename__ = "quiz_answers"
    __table_args__ = (Index("ix_quiz_answers_participant_id", "participant_id"),)

    question_id: Mapped[UUID] = mapped_column(
        ForeignKey("quiz_questions.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    option_ids: Mapped[list[str]] = mapped_column(JSONB)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # From the opening to the receipt, less what the network is credited, by the participant's time.
    response_ms: Mapped[int]
    received_at: Mapped[datetime]


class QuizScore(Base):
    """Where one participant stands since the last reveal."""

    __tablename__ = "quiz_scores"
    __table_args__ = (Index("ix_quiz_scores_participant_id", "participant_id"),)

    quiz_id: Mapped[UUID] = mapped_column(
        ForeignKey("quizzes.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    score: Mapped[int]
    # Right answers in a row, up to the last question.
    streak: Mapped[int] = mapped_column(SmallInteger)
    # What the last question brought.
    last_points: Mapped[int]
    # The times of all right answers together: who has fewer of equal scores stands higher.
    response_ms: Mapped[int] = mapped_column(BigInteger)
    rank: Mapped[int]


class Accommodation(Base):
    """Who has more time than others in an event; may stand before its participant wrote anything."""

    __tablename__ = "accommodations"
    __table_args__ = (CheckConstraint("time_factor BETWEEN 1 AND 5", name="time_factor"),)

    event_id: Mapped[UUID] = mapped_column(
        ForeignKey(Event.id, ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[UUID] = mapped_column(primary_key=True)
    time_factor: Mapped[float]
