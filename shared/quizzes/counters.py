"""The counters of a quiz's question, by their keys."""

from uuid import UUID

ANSWERED = "answered"


def option_counter(option_id: UUID | str) -> str:
    """Return the key of the counter of an option's answers."""
    return f"option:{option_id}"
