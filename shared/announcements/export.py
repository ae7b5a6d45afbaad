"""Announcements, in an export: also those that have expired."""

from sqlalchemy import text

from shared.sections.rows import rows_section

_ANNOUNCEMENTS = text("""
    SELECT id, body, pinned, expires_at, created_at
    FROM announcements WHERE event_id = :event_id ORDER BY id
""")

SECTIONS = (
    rows_section(
        "announcements", _ANNOUNCEMENTS, ("id", "body", "pinned", "expires_at", "created_at")
    ),
)
