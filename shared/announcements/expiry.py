"""When announcements end by themselves."""

# Whether the event of a row `event` shows what has expired.
HAS_EXPIRED = """
    EXISTS (SELECT FROM announcements WHERE announcements.event_id = event.id
            AND announcements.shown AND announcements.expires_at <= clock_timestamp())
"""
