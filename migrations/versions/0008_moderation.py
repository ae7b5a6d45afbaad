"""Merged questions, flagged words, and a rest between questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

_WORDS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    """Go up. The foreign keys are validated by the next migration, without a long lock."""
    op.add_column(
        "events", sa.Column("slow_mode_s", sa.Integer(), server_default="0", nullable=False)
    )
    for name in ("word_filter_languages", "word_filter_words"):
        op.add_column("events", sa.Column(name, _WORDS, server_default="{}", nullable=False))
    op.add_column("questions", sa.Column("flags", _WORDS, server_default="{}", nullable=False))
    for table, column in (("questions", "merged_into"), ("upvotes", "merged_from")):
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_{column}_questions"),
            table,
            "questions",
            [column],
            ["id"],
            ondelete="SET NULL",
            postgresql_not_valid=True,
        )
        # Not CONCURRENTLY: the column of every row is NULL, so it takes one look at each and no more.
        op.create_index(
            f"ix_{table}_{column}",
            table,
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def downgrade() -> None:
    """Go down. What was merged stands for itself again, without what it brought to the other."""
    op.execute("""
        WITH gone AS (
            DELETE FROM upvotes WHERE merged_from IS NOT NULL RETURNING question_id, counts
        ),
        moves AS (
            SELECT question_id, key, sum(value::bigint) AS amount
            FROM gone CROSS JOIN LATERAL jsonb_each_text(counts) GROUP BY question_id, key
        )
        INSERT INTO tally_counters AS counter (subject_id, key, shard, count, moves)
        SELECT question_id, key, 0, -amount, 1 FROM moves
        ON CONFLICT (subject_id, key, shard) DO UPDATE
            SET count = counter.count + excluded.count, moves = counter.moves + 1
    """)
    op.drop_column("upvotes", "merged_from")
    op.drop_column("questions", "merged_into")
    op.drop_column("questions", "flags")
    for name in ("word_filter_words", "word_filter_languages", "slow_mode_s"):
        op.drop_column("events", name)
