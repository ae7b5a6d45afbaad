"""The gate of an event: what its audience writes, other than votes, passes it.

Upvotes and reactions share it, and whoever ends that writing has it alone: an erasure, a merge, the
event's end. A poll's votes have a gate of their own, so that its closing waits for no one else's.
"""

from uuid import UUID

from shared.db import gates


def audience_gate_key(event_id: UUID) -> int:
    """Return the key of the lock that the audience's writes share."""
    return gates.advisory_key("audience gate", event_id)
