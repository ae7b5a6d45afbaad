"""What may be asked, and who may see a question. Pure functions."""

from typing import Literal

from shared.errors import FieldError, InvalidRequest, InvalidTransition, TooManyReplies

# The counter that an upvote moves by one.
UPVOTES = "upvotes"

# At 4 bytes a character, a question with so many of the longest replies is 440 kB: less than a page
# of the feed, which cannot cut an entry.
MOST_REPLIES = 100

_PUBLIC = frozenset({"published", "answered"})


def first_status(*, moderated: bool) -> Literal["pending", "published"]:
    """Return the status of a question that was just asked."""
    return "pending" if moderated else "published"


def check_anonymous(*, asked: bool, allowed: bool) -> None:
    """Raise `InvalidRequest` for an anonymous question where the event allows none."""
    if asked and not allowed:
        message = "must be false: this event allows no anonymous questions"
        raise InvalidRequest([FieldError(("body", "anonymous"), message)])


def is_public(status: str) -> bool:
    """Tell whether the audience may see a question of this status."""
    return status in _PUBLIC


def check_marks(status: str, *, pinned: bool, highlighted: bool) -> None:
    """Raise `InvalidTransition` for a mark on a question that the audience does not see."""
    if (pinned or highlighted) and not is_public(status):
        raise InvalidTransition(f"A question that is {status} cannot be pinned or highlighted.")


def check_room_for_reply(replies: int) -> None:
    """Raise `TooManyReplies` when a question with so many replies can take no more."""
    if replies >= MOST_REPLIES:
        raise TooManyReplies()
