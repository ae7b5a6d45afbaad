"""What the statement of every write of a participant's has in it: their row, and whether they may write."""

# To follow a common table expression `accepted(participant_id, event_id, display_name)`. Sorted, so
# that two batches with the same newcomers wait for each other instead of deadlocking.
ADD_NEWCOMERS = """
    newcomers AS (
        INSERT INTO participants (id, event_id, display_name)
        SELECT DISTINCT ON (participant_id) participant_id, event_id, display_name
        FROM accepted ORDER BY participant_id
        ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
"""

# A hash as PostgreSQL makes it of an id; see `Ban`.
PARTICIPANT_HASH = "sha256(uuid_send({id}))"
# Whether who wrote a row of `wanted(event_id, participant_id)` may write no more. A number and not
# EXISTS, which PostgreSQL may answer by hashing the bans of all events once.
IS_BANNED = f"""
    (SELECT count(*) FROM bans AS ban WHERE ban.event_id = wanted.event_id
     AND ban.participant_hash = {PARTICIPANT_HASH.format(id="wanted.participant_id")}) > 0
"""  # nosec B608  # of our own constants
