"""The gate of a poll."""

from uuid import UUID

from shared.db import gates


def gate_key(poll_id: UUID) -> int:
    """Return the key of the lock that voters share and the closer has alone."""
    return gates.advisory_key("poll gate", poll_id)
