"""Every change of the public feeds, kept."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "feed_history",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("erased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_feed_history_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "revision", name=op.f("pk_feed_history")),
    )
    # The history of an older event begins with what its audience sees now.
    op.execute("""
        INSERT INTO feed_history (event_id, revision, type, entity_id, body, changed_at)
        SELECT event_id, revision, type, entity_id, body, now() FROM feed_entries
        WHERE audience = 'public'
    """)


def downgrade() -> None:
    """Go down."""
    op.drop_table("feed_history")
