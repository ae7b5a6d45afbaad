"""What may happen to an event."""

from shared.errors import EventNotLive, InvalidTransition
from shared.events.values import EventStatus

_NEXT: dict[str, frozenset[str]] = {
    "draft": frozenset({"live"}),
    "live": frozenset({"ended"}),
    "ended": frozenset(),
}


def check_transition(now: str, asked: EventStatus) -> None:
    """Raise `InvalidTransition` unless an event that is `now` may become `asked`."""
    if asked != now and asked not in _NEXT[now]:
        raise InvalidTransition(f"An event that is {now} cannot become {asked}.")


def check_live(status: str) -> None:
    """Raise `EventNotLive` unless participants may join and write."""
    if status != "live":
        raise EventNotLive()
