"""Questions as the staff and as everyone else sees them."""

from tests.support.api import Json

STAFF_ONLY = ("participant_id", "flags", "merged_into")


def as_public(question: Json) -> Json:
    """Return of what the staff sees of a question what everyone may see; all of it must be there."""
    shown = dict(question)
    for name in STAFF_ONLY:
        del shown[name]
    return shown
