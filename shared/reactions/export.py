"""Reactions, in an export: how many of each kind a participant sent."""

from typing import get_args

from sqlalchemy import text

from shared.reactions.values import ReactionKind
from shared.sections.rows import rows_section

_KINDS = get_args(ReactionKind)
_COUNTS = ", ".join(
    f"coalesce((reaction.counts ->> '{kind}')::bigint, 0) AS {kind}" for kind in _KINDS
)
_REACTIONS = text(f"""
    SELECT reaction.participant_id, participant.display_name, {_COUNTS}
    FROM reactions AS reaction JOIN participants AS participant
         ON participant.id = reaction.participant_id
    WHERE reaction.event_id = :event_id
    ORDER BY reaction.participant_id
""")  # nosec B608  # of our own constants

SECTIONS = (rows_section("reactions", _REACTIONS, ("participant_id", "display_name", *_KINDS)),)
