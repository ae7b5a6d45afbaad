"""The gate of an event: what its audience writes, other than votes, passes it.

Upvotes and reactions share it, and whoever ends that writing has it alone: an erasure, a merge, the
event's end. A poll's votes have a gate of their own, so that its closing waits for no one else's.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import locks


def audience_gate_key(event_id: UUID) -> int:
    """Return the key of the lock that the audience's writes share."""
    return locks.advisory_key("audience gate", event_id)


async def shut_audience_gate(session: AsyncSession, event_id: UUID) -> None:
    """Wait until no write of the audience is under way, and let none begin before the commit."""
    await locks.shut_gates(session, [audience_gate_key(event_id)])
