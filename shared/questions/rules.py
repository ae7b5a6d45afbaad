"""What may be asked, and who may see a question. Pure functions."""

import math
from typing import Literal
from uuid import UUID

from shared.errors import (
    FieldError,
    InvalidRequest,
    InvalidTransition,
    QuestionMerged,
    SlowMode,
    TooManyReplies,
)

# The counter that an upvote moves by one.
UPVOTES = "upvotes"

# At 4 bytes a character, a question with so many of the longest replies is 440 kB: less than a page
# of the feed, which cannot cut an entry.
MOST_REPLIES = 100

_PUBLIC = frozenset({"published", "answered"})


def first_status(*, moderated: bool) -> Literal["pending", "published"]:
    """Return the status of a question that was just asked."""
    return "pending" if moderated else "published"


def check_rest(since_last_s: float | None, *, slow_mode_s: int) -> None:
    """Raise `SlowMode` when the participant asked its last question too few seconds ago."""
    if since_last_s is not None and since_last_s < slow_mode_s:
        raise SlowMode(retry_after_s=max(1, math.ceil(slow_mode_s - since_last_s)))


def check_anonymous(*, asked: bool, allowed: bool) -> None:
    """Raise `InvalidRequest` for an anonymous question where the event allows none."""
    if asked and not allowed:
        message = "must be false: this event allows no anonymous questions"
        raise InvalidRequest([FieldError(("body", "anonymous"), message)])


def is_public(status: str) -> bool:
    """Tell whether the audience may see a question of this status, as long as it is not merged."""
    return status in _PUBLIC


def check_merge(merged_into: UUID | None, into_merged_into: UUID | None) -> None:
    """Raise `InvalidTransition` for a merge of what is merged already, or into what is."""
    if merged_into is not None:
        raise InvalidTransition("The question is merged into another one; undo that first.")
    if into_merged_into is not None:
        raise InvalidTransition("The question to merge into is merged itself.")


def check_unmerge(into_merged_into: UUID | None) -> None:
    """Raise `InvalidTransition` for undoing a merge into what is merged itself: the last one goes first."""
    if into_merged_into is not None:
        raise InvalidTransition("The other question was merged later; undo that first.")


def check_not_merged(merged_into: UUID | None) -> None:
    """Raise `QuestionMerged` for a change of a question that stands for itself no more."""
    if merged_into is not None:
        raise QuestionMerged()


def check_marks(status: str, *, pinned: bool, highlighted: bool) -> None:
    """Raise `InvalidTransition` for a mark on a question that the audience does not see."""
    if (pinned or highlighted) and not is_public(status):
        raise InvalidTransition(f"A question that is {status} cannot be pinned or highlighted.")


def check_room_for_reply(replies: int) -> None:
    """Raise `TooManyReplies` when a question with so many replies can take no more."""
    if replies >= MOST_REPLIES:
        raise TooManyReplies()
