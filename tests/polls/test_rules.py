"""What may happen to a poll, and who may see its counts: without a database."""

from dataclasses import dataclass
from itertools import product

import pytest

from shared.errors import InvalidTransition
from shared.polls import rules

STATUSES = ("draft", "open", "closed", "archived")
PAIRS = list(product(STATUSES, STATUSES))
ALLOWED = {
    *(("draft", "open"), ("draft", "archived"), ("open", "closed"), ("open", "archived")),
    *(("closed", "open"), ("closed", "archived")),
}


@dataclass(frozen=True)
class _Poll:
    status: str
    results_visibility: str = "live"


@pytest.mark.parametrize(("now", "asked"), PAIRS)
def test_a_poll_moves_only_forward_but_may_be_opened_again(now: str, asked: str) -> None:
    if now == asked or (now, asked) in ALLOWED:
        rules.check_transition(now, asked)
    else:
        with pytest.raises(InvalidTransition, match=f"{now} cannot become {asked}"):
            rules.check_transition(now, asked)


@pytest.mark.parametrize(("now", "asked"), PAIRS)
def test_only_leaving_open_stops_voting(now: str, asked: str) -> None:
    assert rules.stops_voting(now, asked) == (now == "open" and asked != "open")


@pytest.mark.parametrize(
    ("status", "public"),
    [("draft", False), ("open", True), ("closed", True), ("archived", False)],
)
def test_the_audience_sees_open_and_closed_polls(status: str, public: bool) -> None:
    assert rules.is_public(_Poll(status)) is public


@pytest.mark.parametrize(
    ("visibility", "shown_in"),
    [("live", {"open", "closed"}), ("after_close", {"closed"}), ("staff", set())],
)
def test_the_audience_sees_counts_when_the_poll_says_so(
    visibility: str, shown_in: set[str]
) -> None:
    shown = {each for each in STATUSES if rules.results_are_public(_Poll(each, visibility))}
    assert shown == shown_in


def test_there_is_nothing_to_count_in_a_draft() -> None:
    assert [each for each in STATUSES if not rules.has_results(_Poll(each))] == ["draft"]
