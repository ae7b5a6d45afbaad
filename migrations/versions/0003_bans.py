"""Who may not write any more."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "bans",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("participant_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_bans_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "participant_hash", name=op.f("pk_bans")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("bans")
