"""For how long an event is kept, since when nothing changed in it, and whether it is being erased."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Go up."""
    op.add_column(
        "events",
        sa.Column("retention_days", sa.SmallInteger(), server_default="0", nullable=False),
    )
    op.add_column(
        "events",
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.add_column("events", sa.Column("erasing_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go down."""
    op.drop_column("events", "erasing_since")
    op.drop_column("events", "changed_at")
    op.drop_column("events", "retention_days")
