"""Moving counters within a hot write's own statement, and reading what they add up to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engines import AsyncReadSession
from shared.tally.keys import IS_LOOKED_AT
from shared.tally.models import TallyCounter, TallySubject
from shared.tally.moves import MOVE_COUNTERS
from shared.tally.values import SubjectKind, Tally


def taking_back(table: str, subject: str) -> TextClause:
    """Return the statement that deletes a participant's rows of `table` and takes back what they counted.

    `subject` is the column of what they count for. The statement takes `participant_id` and `shard`, and
    returns the subjects whose counters it moved; no such row may be written meanwhile.
    """
    return text(f"""
        WITH changed AS (
            DELETE FROM {table} WHERE participant_id = :participant_id
            RETURNING {subject} AS subject_id, counts AS before, NULL::jsonb AS after
        ),
        {MOVE_COUNTERS}
        SELECT subject_id FROM changed
    """)  # nosec B608  # of our own constants


async def add_subject(
    session: AsyncSession, *, event_id: UUID, subject_id: UUID, kind: SubjectKind
) -> None:
    """Let `subject_id` be counted, from zero."""
    session.add(TallySubject(subject_id=subject_id, event_id=event_id, kind=kind))
    await session.flush()


async def read_tallies(
    session: AsyncSession | AsyncReadSession, subject_ids: Sequence[UUID]
) -> Mapping[UUID, Tally]:
    """Return the sums over the shards, by subject and key; a subject without moves has no key."""
    rows = await session.execute(
        select(TallyCounter.subject_id, TallyCounter.key, func.sum(TallyCounter.count))
        .where(TallyCounter.subject_id.in_(subject_ids))
        .group_by(TallyCounter.subject_id, TallyCounter.key)
    )
    tallies: dict[UUID, dict[str, int]] = {subject_id: {} for subject_id in subject_ids}
    for subject_id, key, count in rows:
        tallies[subject_id][key] = int(count)
    return tallies


# The order is that of code points, so that it is the same whatever the database's collation.
_LARGEST = text("""
    SELECT key, sum(count)::bigint AS count FROM tally_counters
    WHERE subject_id = :subject_id AND starts_with(key, :prefix)
          AND key <> ALL(CAST(:left_out AS text[]))
    GROUP BY key HAVING sum(count) > 0
    ORDER BY count DESC, key COLLATE "C" LIMIT :limit
""")
_ONE = text("""
    SELECT sum(count)::bigint FROM tally_counters WHERE subject_id = :subject_id AND key = :key
""")


async def read_largest(
    session: AsyncSession | AsyncReadSession,
    subject_id: UUID,
    *,
    prefix: str,
    limit: int,
    left_out: Sequence[str],
    also: str,
) -> Tally:
    """Return the largest counters of a subject that has any number of them, in order, and one more.

    Those are the `limit` largest that begin with `prefix` and are not `left_out`, the largest first,
    equal ones by their key; the one more is `also`.
    """
    one = await session.scalar(_ONE, {"subject_id": subject_id, "key": also})
    parameters = {"prefix": prefix, "limit": limit, "left_out": list(left_out)}
    rows = await session.execute(_LARGEST, {"subject_id": subject_id, **parameters})
    return {also: int(one or 0)} | {key: int(count) for key, count in rows}


_UNPUBLISHED = text(f"""
    SELECT subject.subject_id, subject.kind, sum(counter.moves)::bigint AS moves
    FROM tally_subjects AS subject
    JOIN tally_counters AS counter USING (subject_id)
    WHERE subject.event_id = :event_id AND {IS_LOOKED_AT}
    GROUP BY subject.subject_id
    HAVING sum(counter.moves) <> subject.published_moves
    ORDER BY subject.subject_id
""")  # nosec B608  # of our own constants


async def unpublished_subjects(
    session: AsyncSession, event_id: UUID
) -> dict[SubjectKind, dict[UUID, int]]:
    """Return the event's subjects that moved since they were published: by kind, their moves."""
    subjects: dict[SubjectKind, dict[UUID, int]] = defaultdict(dict)
    for subject_id, kind, moves in await session.execute(_UNPUBLISHED, {"event_id": event_id}):
        subjects[kind][subject_id] = moves
    return subjects


async def mark_published(session: AsyncSession, moves: Mapping[UUID, int]) -> None:
    """Remember that the feed shows each subject as it was after so many moves."""
    connection = await session.connection()
    await connection.execute(
        update(TallySubject)
        .where(TallySubject.subject_id == bindparam("subject"))
        .values(published_moves=bindparam("moves")),
        [{"subject": subject, "moves": count} for subject, count in moves.items()],
    )


# What is published stays as far behind the moves as it was.
_DROP_ZEROS = text(f"""
    WITH zero AS (
        SELECT counter.subject_id, counter.key
        FROM tally_subjects AS subject JOIN tally_counters AS counter USING (subject_id)
        WHERE subject.event_id = :event_id AND subject.kind = :kind
        GROUP BY counter.subject_id, counter.key HAVING sum(counter.count) = 0
    ),
    dropped AS (
        DELETE FROM tally_counters AS counter USING zero
        WHERE counter.subject_id = zero.subject_id AND counter.key = zero.key
        RETURNING counter.subject_id, counter.key, counter.moves
    )
    UPDATE tally_subjects AS subject SET published_moves = subject.published_moves - gone.moves
    FROM (
        SELECT subject_id, sum(moves) AS moves FROM dropped AS counter
        WHERE {IS_LOOKED_AT} GROUP BY subject_id
    ) AS gone
    WHERE subject.subject_id = gone.subject_id
""")  # nosec B608  # of our own constants


async def drop_zero_counters(session: AsyncSession, event_id: UUID, kind: SubjectKind) -> None:
    """Delete the counters of one kind that stand at zero: a key may be a word that somebody wrote.

    Nothing may be counted meanwhile: the gates of all these subjects must be shut.
    """
    await session.execute(_DROP_ZEROS, {"event_id": event_id, "kind": kind})


# A counter keeps the time of its last move only, so a move before it may be older than this says, but
# no older than the interval since `since`. None moved since then: its commit came after that tick.
_OLDEST_MOVE_AGE = text(f"""
    SELECT extract(epoch FROM clock_timestamp() - coalesce(
        min(moved_at) FILTER (WHERE moved_at > :since), max(moved_at)
    ))::float8 * 1000
    FROM tally_counters AS counter WHERE subject_id = ANY(:subject_ids) AND {IS_LOOKED_AT}
""")  # nosec B608  # of our own constants


async def oldest_move_age_ms(
    session: AsyncSession, subject_ids: Sequence[UUID], *, since: datetime
) -> float:
    """Return for how long the subjects' moves since the tick at `since` have waited, in ms."""
    parameters = {"subject_ids": list(subject_ids), "since": since}
    age = await session.scalar(_OLDEST_MOVE_AGE, parameters)
    return float(age or 0)
