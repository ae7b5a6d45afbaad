"""The gate of a quiz's question."""

from uuid import UUID

from shared.db import gates


def gate_key(question_id: UUID) -> int:
    """Return the key of the lock that those who answer share and the reveal has alone."""
    return gates.advisory_key("quiz gate", question_id)
