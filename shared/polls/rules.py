"""What may happen to a poll, and who may see its counts. Pure functions."""

from typing import Protocol

from shared.errors import InvalidTransition

_NEXT: dict[str, frozenset[str]] = {
    "draft": frozenset({"open", "archived"}),
    "open": frozenset({"closed", "archived"}),
    "closed": frozenset({"open", "archived"}),
    "archived": frozenset(),
}


class Visible(Protocol):
    """What decides who may see a poll."""

    @property
    def status(self) -> str:
        """The poll's state."""

    @property
    def results_visibility(self) -> str:
        """When the audience may see the counts."""


def check_transition(now: str, asked: str) -> None:
    """Raise `InvalidTransition` unless a poll that is `now` may become `asked`."""
    if asked != now and asked not in _NEXT[now]:
        raise InvalidTransition(f"A poll that is {now} cannot become {asked}.")


def stops_voting(now: str, asked: str) -> bool:
    """Tell whether going from `now` to `asked` is the poll's closing."""
    return now == "open" and asked != "open"


def is_public(poll: Visible) -> bool:
    """Tell whether the audience may see the poll itself."""
    return poll.status in ("open", "closed")


def results_are_public(poll: Visible) -> bool:
    """Tell whether the audience may see the poll's counts."""
    if poll.results_visibility == "staff":
        return False
    return poll.status == "closed" or (poll.status == "open" and poll.results_visibility == "live")


def has_results(poll: Visible) -> bool:
    """Tell whether there is anything to count yet."""
    return poll.status != "draft"


def is_final(poll: Visible) -> bool:
    """Tell whether the counts do not change any more, as long as the poll is not opened again."""
    return poll.status in ("closed", "archived")
