"""Publishing within a statement that makes something, in its one round trip."""

# To follow a common table expression `news(event_id, type, entity_id, public, staff)` of one thing that
# was never shown before; `public` is NULL for what only the staff may see. As for `publish`, the event
# was locked by a statement before, and `announce` must be called after the commit.
PUBLISH_NEW = """
    head AS (
        UPDATE events AS event
        SET revision = event.revision + (news.public IS NOT NULL)::int,
            staff_revision = event.staff_revision + 1, changed_at = clock_timestamp()
        FROM news WHERE event.id = news.event_id
        RETURNING news.*, event.revision, event.staff_revision
    ),
    remembered AS (
        INSERT INTO feed_history (event_id, revision, type, entity_id, body, changed_at)
        SELECT event_id, revision, type, entity_id, public, clock_timestamp()
        FROM head WHERE public IS NOT NULL
    ),
    shown AS (
        INSERT INTO feed_entries (event_id, audience, type, entity_id, revision, body)
        SELECT event_id, 'staff', type, entity_id, staff_revision, staff FROM head
        UNION ALL
        SELECT event_id, 'public', type, entity_id, revision, public
        FROM head WHERE public IS NOT NULL
    )
"""
