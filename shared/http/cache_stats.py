"""What a micro-cache counts of itself."""

from dataclasses import dataclass


@dataclass(slots=True)
class CacheStats:
    """What happened so far.

    Every considered request is one of hits, stale_hits, misses (it started a run), waits (for the run of
    another) and passes; not_modified counts those of them answered by a 304. `stores`, `evictions` (for
    want of room) and `failures` (runs that failed with no request waiting) count entries and runs.
    """

    hits: int = 0
    stale_hits: int = 0
    misses: int = 0
    waits: int = 0
    passes: int = 0
    not_modified: int = 0
    stores: int = 0
    evictions: int = 0
    failures: int = 0
