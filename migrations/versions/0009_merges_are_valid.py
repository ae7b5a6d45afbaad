"""What is merged is a question: validates the foreign keys of the migration before."""

from alembic import op

revision = "0009"
down_revision = "0008"

_KEYS = (("questions", "merged_into"), ("upvotes", "merged_from"))


def upgrade() -> None:
    """Go up."""
    for table, column in _KEYS:
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT fk_{table}_{column}_questions")


def downgrade() -> None:
    """Go down."""
    for table, column in _KEYS:
        name = op.f(f"fk_{table}_{column}_questions")
        op.drop_constraint(name, table)
        op.create_foreign_key(
            name,
            table,
            "questions",
            [column],
            ["id"],
            ondelete="SET NULL",
            postgresql_not_valid=True,
        )
