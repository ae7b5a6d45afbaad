"""A creation that is done once within a batched statement: found again by its key, or kept with it."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

# To stand in a statement with `wanted(principal_id)` before it: what was kept under the key, if anything.
# What creates holds a lock that everyone with this key waits for; so nobody else is about to keep it.
FIND_KEPT = """
    SELECT kept.request_hash, kept.status, kept.sealed_body
    FROM wanted JOIN idempotency_keys AS kept USING (principal_id)
    WHERE kept.key_hash = CAST(:key_hash AS bytea)
          AND kept.created_at >= now() - interval '24 hours'
"""
# To follow a common table expression `answers(principal_id, sealed_body)`; without a key nothing is kept.
# Like `shared.idempotency.queries.keep` it takes a few old ones away, that nobody else is at.
KEEP_ANSWER = """
    now_kept AS (
        INSERT INTO idempotency_keys AS kept
               (principal_id, key_hash, request_hash, status, sealed_body)
        SELECT principal_id, CAST(:key_hash AS bytea), CAST(:request_hash AS bytea), 201, sealed_body
        FROM answers WHERE CAST(:key_hash AS bytea) IS NOT NULL
        ON CONFLICT (principal_id, key_hash) DO UPDATE
            SET request_hash = excluded.request_hash, status = excluded.status,
                sealed_body = excluded.sealed_body, created_at = excluded.created_at
    ),
    swept AS (
        DELETE FROM idempotency_keys WHERE (principal_id, key_hash) IN (
            SELECT old.principal_id, old.key_hash FROM idempotency_keys AS old
            WHERE old.created_at < now() - interval '24 hours'
                  AND old.principal_id NOT IN (SELECT principal_id FROM answers)
            LIMIT 100 FOR UPDATE SKIP LOCKED
        )
    )
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """The key of a creation and its request, as they are kept, and what seals the answer."""

    key_hash: bytes
    request_hash: bytes
    seal: Callable[[BaseModel], bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was kept, sealed."""

    request_hash: bytes
    status: int
    sealed_body: bytes
