"""Moving counters within a hot write's own statement."""

import itertools
import os
import secrets
from functools import lru_cache

from shared.db.group_commit import LANES
from shared.settings import get_settings

# To follow a common table expression `changed(subject_id, before, after)` whose `before` and `after`
# are the `counts` of a row as it was and as it is (jsonb, NULL for none). The rows are moved in
# key order: every batch locks counters in the same order, so that none can deadlock.
MOVE_COUNTERS = """
    moves AS (
        SELECT changed.subject_id, move.key, sum(move.amount) AS amount
        FROM changed CROSS JOIN LATERAL (
            SELECT key, value::bigint AS amount FROM jsonb_each_text(changed.after)
            UNION ALL
            SELECT key, -value::bigint FROM jsonb_each_text(changed.before)
        ) AS move
        GROUP BY changed.subject_id, move.key
        HAVING sum(move.amount) <> 0
    ),
    counted AS (
        INSERT INTO tally_counters AS counter (subject_id, key, shard, count, moves, moved_at)
        SELECT subject_id, key, :shard, amount, 1, clock_timestamp()
        FROM moves ORDER BY subject_id, key
        ON CONFLICT (subject_id, key, shard) DO UPDATE
            SET count = counter.count + excluded.count, moves = counter.moves + 1,
                moved_at = excluded.moved_at
    )
"""


def next_shard() -> int:
    """Return the shard that this process's next batch moves: two in turn, for two batches at a time.

    Where they begin is drawn once: a pid alone is the same in every container.
    """
    return (_drawn_number(os.getpid()) + next(_batches) % LANES) % get_settings().tally_shards


_batches = itertools.count()


@lru_cache(maxsize=1)
def _drawn_number(pid: int) -> int:
    # By pid, so that a fork draws its own.
    return secrets.randbelow(2**32)
