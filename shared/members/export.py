"""The event's staff, in an export: who they are, never what lets them in."""

from sqlalchemy import text

from shared.sections.rows import rows_section

_MEMBERS = text("""
    SELECT id, role, name, created_at FROM members WHERE event_id = :event_id ORDER BY id
""")

SECTIONS = (rows_section("members", _MEMBERS, ("id", "role", "name", "created_at")),)
