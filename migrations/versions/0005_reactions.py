"""Reactions of the audience."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "reactions",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("last_write", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_reactions_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_reactions_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "participant_id", name=op.f("pk_reactions")),
    )
    op.create_index("ix_reactions_participant_id", "reactions", ["participant_id"])
    op.drop_constraint(op.f("ck_tally_subjects_kind"), "tally_subjects")
    op.create_check_constraint(
        op.f("ck_tally_subjects_kind"),
        "tally_subjects",
        "kind IN ('poll', 'question', 'quiz_question', 'reactions')",
    )


def downgrade() -> None:
    """Go down."""
    op.execute("DELETE FROM tally_subjects WHERE kind = 'reactions'")
    op.drop_constraint(op.f("ck_tally_subjects_kind"), "tally_subjects")
    op.create_check_constraint(
        op.f("ck_tally_subjects_kind"),
        "tally_subjects",
        "kind IN ('poll', 'question', 'quiz_question')",
    )
    op.drop_table("reactions")
