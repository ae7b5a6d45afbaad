"""Every kind of poll: scales, when texts were written, what the staff decided on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go up."""
    op.drop_constraint(op.f("ck_polls_kind"), "polls")
    op.create_check_constraint(op.f("ck_polls_kind"), "polls", "kind ~ '^[a-z_]{1,40}$'")
    op.add_column("polls", sa.Column("scale", postgresql.JSONB(), nullable=True))
    op.add_column(
        "events",
        sa.Column("open_text_moderation", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "events",
        sa.Column(
            "word_cloud_stop_list",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
        ),
    )
    op.add_column("votes", sa.Column("text_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "text_reviews",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("text_md5", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('published', 'dismissed')", name=op.f("ck_text_reviews_status")
        ),
        sa.ForeignKeyConstraint(
            ["poll_id", "participant_id"],
            ["votes.poll_id", "votes.participant_id"],
            name=op.f("fk_text_reviews_poll_id_votes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("poll_id", "participant_id", name=op.f("pk_text_reviews")),
    )
    # Not CONCURRENTLY: every row's `text_at` is NULL, so that it takes one look at each and no more.
    op.create_index(
        "ix_votes_poll_id_text_at",
        "votes",
        ["poll_id", "text_at"],
        postgresql_where=sa.text("text_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_index("ix_votes_poll_id_text_at", table_name="votes")
    op.drop_table("text_reviews")
    op.drop_column("votes", "text_at")
    op.drop_column("events", "word_cloud_stop_list")
    op.drop_column("events", "open_text_moderation")
    op.drop_column("polls", "scale")
    op.drop_constraint(op.f("ck_polls_kind"), "polls")
    # Of the kinds that came later no poll may be left.
    op.execute("DELETE FROM polls WHERE kind NOT IN ('single_choice', 'multiple_choice')")
    op.create_check_constraint(
        op.f("ck_polls_kind"), "polls", "kind IN ('single_choice', 'multiple_choice')"
    )
