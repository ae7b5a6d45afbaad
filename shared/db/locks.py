"""Advisory locks, keyed by what they guard and which row it is."""

from hashlib import blake2b
from uuid import UUID


def advisory_key(guards: str, row: UUID) -> int:
    """Return the signed 64-bit key of PostgreSQL's advisory lock on `row` for the use `guards`.

    Two uses of one row never share a key but by a 64-bit collision, which costs a wait and no more.
    """
    digest = blake2b(row.bytes, digest_size=8, person=guards.encode())
    return int.from_bytes(digest.digest(), signed=True, byteorder="big")
