"""An index of the counters that a tick looks at: not those of words, which may be a hundred thousand."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go up."""
    # Not CONCURRENTLY: the table has a few rows for each poll, and 150,000 take a tenth of a second.
    op.create_index(
        "ix_tally_counters_subject_id_few",
        "tally_counters",
        ["subject_id"],
        postgresql_where=sa.text("NOT starts_with(key, 'word:')"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_index("ix_tally_counters_subject_id_few", table_name="tally_counters")
