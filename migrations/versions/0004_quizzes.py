"""Quizzes, their questions, answers and scores; who has more time than others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go up."""
    op.drop_constraint(op.f("ck_tally_subjects_kind"), "tally_subjects")
    op.create_check_constraint(
        op.f("ck_tally_subjects_kind"),
        "tally_subjects",
        "kind IN ('poll', 'question', 'quiz_question')",
    )
    op.create_table(
        "accommodations",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("time_factor", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "time_factor BETWEEN 1 AND 5", name=op.f("ck_accommodations_time_factor")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_accommodations_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "participant_id", name=op.f("pk_accommodations")),
    )
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("streak_bonus", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'lobby', 'question', 'reveal', 'finished')",
            name=op.f("ck_quizzes_state"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_quizzes_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes")),
    )
    op.create_index("ix_quizzes_event_id", "quizzes", ["event_id"], unique=False)
    op.create_index(
        "uq_quizzes_event_id_under_way",
        "quizzes",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('lobby', 'question', 'reveal')"),
    )
    op.create_table(
        "quiz_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("time_limit_s", sa.SmallInteger(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["quiz_id"],
            ["quizzes.id"],
            name=op.f("fk_quiz_questions_quiz_id_quizzes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_questions")),
        sa.UniqueConstraint("quiz_id", "position", name=op.f("uq_quiz_questions_quiz_id_position")),
    )
    op.create_table(
        "quiz_scores",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("streak", sa.SmallInteger(), nullable=False),
        sa.Column("last_points", sa.Integer(), nullable=False),
        sa.Column("response_ms", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_quiz_scores_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"],
            ["quizzes.id"],
            name=op.f("fk_quiz_scores_quiz_id_quizzes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("quiz_id", "participant_id", name=op.f("pk_quiz_scores")),
    )
    op.create_index(
        "ix_quiz_scores_participant_id", "quiz_scores", ["participant_id"], unique=False
    )
    op.create_table(
        "quiz_answers",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("option_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("response_ms", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_quiz_answers_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["quiz_questions.id"],
            name=op.f("fk_quiz_answers_question_id_quiz_questions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", "participant_id", name=op.f("pk_quiz_answers")),
    )
    op.create_index(
        "ix_quiz_answers_participant_id", "quiz_answers", ["participant_id"], unique=False
    )
    op.create_table(
        "quiz_options",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["quiz_questions.id"],
            name=op.f("fk_quiz_options_question_id_quiz_questions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_options")),
        sa.UniqueConstraint(
            "question_id", "position", name=op.f("uq_quiz_options_question_id_position")
        ),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("quiz_options")
    op.drop_index("ix_quiz_answers_participant_id", table_name="quiz_answers")
    op.drop_table("quiz_answers")
    op.drop_index("ix_quiz_scores_participant_id", table_name="quiz_scores")
    op.drop_table("quiz_scores")
    op.drop_table("quiz_questions")
    op.drop_index(
        "uq_quizzes_event_id_under_way",
        table_name="quizzes",
        postgresql_where=sa.text("state IN ('lobby', 'question', 'reveal')"),
    )
    op.drop_index("ix_quizzes_event_id", table_name="quizzes")
    op.drop_table("quizzes")
    op.drop_table("accommodations")
    op.execute("DELETE FROM feed_entries WHERE type IN ('quiz', 'leaderboard')")
    op.execute("DELETE FROM tally_subjects WHERE kind = 'quiz_question'")
    op.drop_constraint(op.f("ck_tally_subjects_kind"), "tally_subjects")
    op.create_check_constraint(
        op.f("ck_tally_subjects_kind"), "tally_subjects", "kind IN ('poll', 'question')"
    )
