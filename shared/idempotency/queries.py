"""SQL on kept answers."""

from uuid import UUID

from sqlalchemy import delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.idempotency.models import KeptAnswer

KEPT_FOR = text("interval '24 hours'")
_EXPIRED = KeptAnswer.created_at < func.now() - KEPT_FOR
_SWEEP = 100


async def claim(
    session: AsyncSession, *, principal_id: UUID, key_hash: bytes, request_hash: bytes
) -> KeptAnswer | None:
    """Reserve the key for this transaction; return the answer kept for it when it came before.

    Waits for another transaction that holds the same key, so that two at once create one thing.
    """
    own = (KeptAnswer.principal_id == principal_id, KeptAnswer.key_hash == key_hash)
    await session.execute(delete(KeptAnswer).where(*own, _EXPIRED))
    claimed = await session.scalar(
        insert(KeptAnswer)
        .values(
            principal_id=principal_id,
            key_hash=key_hash,
            request_hash=request_hash,
            status=0,
            sealed_body=b"",
        )
        .on_conflict_do_nothing()
        .returning(KeptAnswer.principal_id)
    )
    if claimed is not None:
        return None
    return await session.get_one(KeptAnswer, (principal_id, key_hash))


async def keep(
    session: AsyncSession, *, principal_id: UUID, key_hash: bytes, status: int, sealed_body: bytes
) -> None:
    """Keep the answer of a key that this transaction has claimed."""
    await session.execute(
        update(KeptAnswer)
        .where(KeptAnswer.principal_id == principal_id, KeptAnswer.key_hash == key_hash)
        .values(status=status, sealed_body=sealed_body)
    )
    # Last, when this transaction waits for nothing any more: what it sweeps, others may wait for.
    await sweep_answers(session)


# Those who were in the event: an organizer's answers stay sealed until they are swept.
_OF_AN_EVENT = text("""
    DELETE FROM idempotency_keys WHERE principal_id IN (
        SELECT id FROM participants WHERE event_id = :event_id
        UNION ALL SELECT id FROM members WHERE event_id = :event_id
    )
""")


async def erase_answers(session: AsyncSession, event_id: UUID) -> None:
    """Delete the answers kept for the event's participants and members, while they are there."""
    await session.execute(_OF_AN_EVENT, {"event_id": event_id})


# Who sweeps one of them, expired as it is, deletes it too, and may be waiting for us.
_OF_SOMEBODY = text("""
    DELETE FROM idempotency_keys WHERE (principal_id, key_hash) IN (
        SELECT principal_id, key_hash FROM idempotency_keys
        WHERE principal_id = :principal_id FOR UPDATE SKIP LOCKED
    )
""")


async def erase_kept_answers(session: AsyncSession, principal_id: UUID) -> None:
    """Delete the answers kept for one participant."""
    await session.execute(_OF_SOMEBODY, {"principal_id": principal_id})


async def sweep_answers(session: AsyncSession) -> int:
    """Delete a few answers that were kept for long enough; return how many.

    A few with each new one, so that the table stays small; those that somebody else sweeps are left.
    """
    expired = (
        select(KeptAnswer.principal_id, KeptAnswer.key_hash)
        .where(_EXPIRED)
        .limit(_SWEEP)
        .with_for_update(skip_locked=True)
    )
    swept = await session.scalars(
        delete(KeptAnswer)
        .where(tuple_(KeptAnswer.principal_id, KeptAnswer.key_hash).in_(expired))
        .returning(KeptAnswer.status)
    )
    return len(swept.all())
