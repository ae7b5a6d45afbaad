"""What was acknowledged against what is published, and how late screens are: on plain values."""

import asyncio
import math
import time
from collections import Counter
from random import Random
from typing import Any

import pytest

from scripts.rehearsal.ballots import choose, labels_of, moves_of, poll_to_ask, published_counts
from scripts.rehearsal.histogram import Histogram
from scripts.rehearsal.join_pace import JoinPace
from scripts.rehearsal.recount import (
    Applause,
    Ballot,
    Choice,
    Recount,
    Row,
    recount,
    recount_reactions,
)
from scripts.rehearsal.screen import Screen
from scripts.rehearsal.show import plan_show
from scripts.rehearsal.visibility import Visibility, Watch
from tests.support.kinds import ASKED

A, B = {"a": 1}, {"b": 1}
LABELS = {"a": "Apples", "b": "Beer"}


def counted(*ballots: Ballot, voters: int, **published: int) -> Recount:
    return recount("Poll", ballots, published_voters=voters, published=published, labels=LABELS)


def told(moves: dict[str, int] | None, *unanswered: dict[str, int]) -> Choice:
    return Choice(moves, list(unanswered))


def test_votes_that_are_all_there_are_exact() -> None:
    result = counted(Ballot(told(A), A), Ballot(told(B), B), Ballot(told(None)), voters=2, a=1, b=1)
    assert result.is_exact
    assert result.rows == [Row("Apples", 1, 1), Row("Beer", 1, 1)]


def test_a_vote_that_its_voter_does_not_find_is_lost() -> None:
    result = counted(Ballot(told(A), None), Ballot(told(B), B), voters=1, a=0, b=1)
    assert (result.lost, [row.label for row in result.miscounted]) == (1, ["Apples"])


def test_a_vote_that_is_missing_in_the_published_result_only_is_lost_too() -> None:
    result = counted(Ballot(told(A), A), Ballot(told(B), B), voters=1, a=1, b=0)
    assert (result.lost, result.miscounted) == (1, [Row("Beer", 1, 0)])


def test_a_change_that_was_acknowledged_and_is_undone_is_lost() -> None:
    result = counted(Ballot(told(B), A), voters=1, a=1, b=0)
    assert (result.lost, len(result.miscounted)) == (1, 2)


def test_a_vote_that_is_counted_twice_is_miscounted_and_none_is_lost() -> None:
    result = counted(Ballot(told(A), A), voters=1, a=2, b=0)
    assert (result.lost, result.is_exact) == (0, False)
    assert result.miscounted == [Row("Apples", 1, 2)]


@pytest.mark.parametrize("own", [None, A, B], ids=["neither", "the first", "the second"])
def test_a_vote_that_was_never_answered_counts_just_if_the_server_has_it(
    own: dict[str, int] | None,
) -> None:
    published = {"a": int(own == A), "b": int(own == B)}
    result = counted(Ballot(told(None, A, B), own), voters=int(own is not None), **published)
    assert result.is_exact
    assert not counted(Ballot(told(None, A), own), voters=5, a=5, b=0).is_exact


def test_a_vote_of_which_the_server_says_nothing_is_told_apart() -> None:
    silent = Ballot(told(A, B), is_known=False)
    assert counted(silent, voters=1, a=1, b=0).unknown == 1
    assert counted(Ballot(told(A), is_known=False), voters=1, a=1, b=0).unknown == 0


@pytest.mark.parametrize(
    ("published", "lost", "is_exact"),
    [(9, 1, False), (10, 0, True), (12, 0, True), (13, 0, False)],
    ids=["one is missing", "those acknowledged", "the unanswered too", "one too many"],
)
def test_no_acknowledged_reaction_may_be_missing_and_none_made_up(
    published: int, lost: int, is_exact: bool
) -> None:
    applause = Applause(Counter(clap=10), Counter(clap=2))
    result = recount_reactions("Reactions", applause, {"clap": published, "wow": 0})
    assert (result.lost, result.is_exact) == (lost, is_exact)
    assert recount_reactions("Reactions", applause, {}).lost == 10


def test_a_choice_is_the_last_that_was_acknowledged() -> None:
    choice = Choice()
    choice.send(A)
    choice.send(A)
    choice.acknowledge(A)
    assert (choice.acknowledged, choice.unanswered) == (A, [])
    choice.send(B)
    choice.send(B)
    choice.refuse()
    assert (choice.acknowledged, choice.unanswered) == (A, [B])


def test_a_count_of_what_nobody_was_offered_is_wrong() -> None:
    assert counted(voters=0, a=0, b=0, c=1).miscounted == [Row("c", 0, 1)]


POLLS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, int]]] = {
    "multiple_choice": (
        {"option_ids": ["x", "y"]},
        {"tallies": [{"option_id": "x", "votes": 1}, {"option_id": "y", "votes": 1}]},
        {"x": 1, "y": 1},
    ),
    "rating": ({"rating": 4}, {"tallies": [{"rating": 4, "votes": 1}]}, {"4": 1}),
    "ranking": (
        {"ranking": ["y", "x"]},
        {"tallies": [{"option_id": "x", "points": 1}, {"option_id": "y", "points": 2}]},
        {"y": 2, "x": 1},
    ),
}


@pytest.mark.parametrize("kind", POLLS)
def test_a_vote_adds_to_the_rows_that_the_results_have(kind: str) -> None:
    ballot, results, moves = POLLS[kind]
    assert moves_of(ballot) == published_counts(results) == moves


@pytest.mark.parametrize("number", range(4))
def test_every_kind_is_asked_in_turn_and_answered_by_its_rule(number: int) -> None:
    asked = poll_to_ask(number)
    assert asked is poll_to_ask(number + 4)
    assert asked["kind"] in ASKED
    options = [{"id": f"o{place}", **each} for place, each in enumerate(asked.get("options", ()))]
    poll = {"max_choices": 1, **asked, "options": options}
    chance = Random(1)
    for _ in range(50):
        moves = moves_of(choose(poll, chance))
        assert moves.keys() <= labels_of(poll).keys()
        assert len(moves) <= (len(options) if asked["kind"] == "ranking" else poll["max_choices"])


def test_percentiles_are_true_to_two_percent() -> None:
    seen = Histogram()
    assert seen.percentile(0.99) == 0
    for number in range(1, 1001):
        seen.add(number / 1000)
    for share in (0.001, 0.5, 0.95, 0.99, 1.0):
        assert share <= seen.percentile(share) <= share * 1.02
    assert seen.percentile(1.0) == seen.longest_s == 1.0


def test_what_never_ended_is_longer_than_anything() -> None:
    seen = Histogram()
    for _ in range(98):
        seen.add(0.01)
    seen.add_never(2)
    assert seen.percentile(0.98) < 0.011
    assert math.isinf(seen.percentile(0.99))


def results(voters: int, *, final: bool = False) -> dict[str, Any]:
    return {"poll_id": "p", "voters": voters, "final": final, "tallies": []}


def test_a_vote_is_as_stale_as_the_first_poll_that_counts_it_is_late() -> None:
    visibility, watch = Visibility(audience=10), Watch(since=0)
    visibility.open("p", at=1)
    visibility.show_poll(watch, {"id": "p"}, at=3)
    visibility.show_poll(watch, {"id": "p"}, at=9)
    assert (visibility.openings.total, visibility.openings.longest_s) == (1, 2)
    for at in (4, 5, 6):
        visibility.vote("p", at)
    visibility.show_results(watch, results(2), at=7)
    assert (visibility.votes.total, visibility.votes.longest_s) == (2, 3)
    # Older ones after newer ones, as a proxy may answer, show nothing again.
    visibility.show_results(watch, results(1), at=20)
    visibility.show_results(watch, results(3, final=True), at=8)
    assert (visibility.votes.total, visibility.votes.longest_s) == (3, 3)
    assert watch.final == {"p": results(3, final=True)}


def test_what_a_screen_never_showed_is_never_and_not_forgotten() -> None:
    visibility, watch, late = Visibility(audience=10), Watch(since=0), Watch(since=9)
    visibility.open("p", at=1)
    for at in (4, 5, 6):
        visibility.vote("p", at)
    visibility.show_results(watch, results(1), at=7)
    visibility.close(watch)
    visibility.close(late)
    assert (visibility.openings.never, visibility.votes.never, visibility.votes.total) == (1, 2, 3)


def test_in_a_large_audience_some_votes_stand_for_all() -> None:
    visibility, watch = Visibility(audience=1000), Watch(since=0)
    visibility.open("p", at=1)
    for _ in range(1000):
        visibility.vote("p", at=2)
    for voters in (1, 7, 20, 21, 500, 1000):
        visibility.show_results(watch, results(voters), at=3)
    assert visibility.votes.total == 50


def page(cursor: str, *changes: dict[str, Any], reset: bool = False) -> dict[str, Any]:
    return {
        "cursor": cursor,
        "reset": reset,
        "more": False,
        "poll_after_ms": 3000,
        "changes": changes,
    }


def poll(poll_id: str, status: str | None) -> dict[str, Any]:
    shown = None if status is None else {"id": poll_id, "status": status}
    return {"type": "poll", "id": poll_id, "data": shown}


def test_a_screen_follows_the_feed_by_its_rules() -> None:
    screen = Screen("e")
    assert (screen.path, screen.headers) == ("/v1/events/e/changes", {})
    screen.apply(page("1", poll("p", "open"), poll("q", "open"), reset=True), '"one"')
    assert (screen.path, screen.headers) == ("/v1/events/e/changes?since=1", {})
    assert screen.poll_after_s == 3
    screen.apply(page("1"), '"two"')
    assert screen.headers == {"If-None-Match": '"two"'}
    assert screen.is_open("p") and screen.is_open("q")
    assert screen.apply(page("2", poll("p", "closed"), poll("q", None)), "x")[0]["id"] == "p"
    assert not screen.is_open("p") and not screen.is_open("q")
    screen.apply(page("9", poll("r", "open"), reset=True), "x")
    assert screen.is_open("r") and not screen.is_open("p")


async def test_a_refusal_slows_those_too_who_wait_for_their_time_already() -> None:
    pace, started = JoinPace(per_s=1000), time.perf_counter()
    coming = [asyncio.create_task(pace.turn(started + 0.1)) for _ in range(5)]
    await asyncio.sleep(0.01)
    pace.refuse(0.3)
    turns = await asyncio.gather(*coming)
    assert min(turns) >= started + 0.3
    assert max(turns) - min(turns) == pytest.approx(4 * 0.00125, abs=1e-6)


async def test_after_a_refusal_everyone_waits_and_then_comes_more_slowly() -> None:
    pace = JoinPace(per_s=100)
    started = time.perf_counter()
    for _ in range(20):
        await pace.turn(started)
    assert time.perf_counter() - started < 0.1
    pace.refuse(0.2)
    pace.refuse(0.2)  # of the same moment: not slower yet
    turns = [await pace.turn(time.perf_counter()) for _ in range(5)]
    assert turns[0] - started >= 0.2
    assert [later - earlier for earlier, later in zip(turns, turns[1:], strict=False)] == [
        pytest.approx(1 / 80, abs=1e-6)
    ] * 4
    assert pace.refusals == 2


@pytest.mark.parametrize(
    ("minutes", "arrival_s", "rounds"), [(0.1, 1.2, 2), (1, 12, 2), (5, 60, 6), (60, 60, 88)]
)
def test_a_show_takes_as_long_as_it_was_given(
    minutes: float, arrival_s: float, rounds: int
) -> None:
    plan = plan_show(1000, minutes)
    assert plan.arrival_s == pytest.approx(arrival_s)
    assert plan.rounds == rounds
    assert plan.total_s == pytest.approx(minutes * 60)
