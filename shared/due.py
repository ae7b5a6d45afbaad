"""Whether an event has anything that its feed does not show yet."""

from uuid import UUID

from shared.announcements.expiry import HAS_EXPIRED
from shared.settings import get_settings
from shared.tally.keys import IS_LOOKED_AT

IS_DUE = f"""
    SELECT event.ticked_at <= clock_timestamp() - make_interval(secs => :interval_s)
           AND ({HAS_EXPIRED} OR EXISTS (
               SELECT 1 FROM tally_subjects AS subject
               JOIN tally_counters AS counter USING (subject_id)
               WHERE subject.event_id = event.id AND {IS_LOOKED_AT}
               GROUP BY subject.subject_id
               HAVING sum(counter.moves) <> subject.published_moves
           ))
    FROM events AS event WHERE event.id = :event_id
"""  # nosec B608  # of our own constants


def due_parameters(event_id: UUID) -> dict[str, object]:
    """Return the parameters of `IS_DUE`."""
    return {"event_id": event_id, "interval_s": get_settings().tick_interval_ms / 1000}
