"""Rating: steps, distribution and mean."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidRequest
from shared.polls.kinds import count_vote
from shared.polls.kinds.base import VOTERS, Counted, CountedBallot, PollDefinition
from shared.polls.kinds.rating import Rating, RatingResults, mean
from shared.polls.vote_schemas import CastVote
from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.problems import check_problem


def _count(rating: int, *, steps: int) -> CountedBallot:
    poll = PollDefinition(UUID(int=9), UUID(int=8), "rating", (), 1, steps)
    return count_vote(poll, CastVote.model_validate({"rating": rating}))


def _results(counts: Mapping[str, int], *, steps: int) -> RatingResults:
    return Rating().publish(Counted(UUID(int=9), False, (), steps, counts))


def test_a_rating_counts_the_voter_and_the_step() -> None:
    counted = _count(3, steps=5)
    assert counted.counts == {VOTERS: 1, "rating:3": 1}
    assert counted.ballot_json == '{"rating":3}'


def test_a_rating_beyond_the_scale_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        _count(5, steps=4)
    assert [error.location for error in refused.value.errors] == [("body", "rating")]


def test_every_step_is_shown_with_zeros() -> None:
    results = _results({VOTERS: 2, "rating:2": 2}, steps=3)
    shown = [(tally.rating, tally.votes) for tally in results.tallies]
    assert (shown, results.mean, results.voters) == ([(1, 0), (2, 2), (3, 0)], 2.0, 2)


def test_without_a_vote_there_is_no_mean() -> None:
    assert _results({}, steps=2).mean is None


@pytest.mark.parametrize(
    ("votes", "exact"),
    [({1: 1, 2: 7}, 1.875), ({1: 2, 2: 1}, 4 / 3), ({1: 199, 2: 1}, 1.005), ({1: 1, 10: 2}, 7.0)],
)
def test_the_mean_is_not_rounded(votes: dict[int, int], exact: float) -> None:
    assert mean(votes) == exact


@given(st.dictionaries(st.integers(1, 10), st.integers(0, 10**6), min_size=1))
def test_the_mean_is_the_float_that_is_closest(votes: dict[int, int]) -> None:
    total = sum(votes.values())
    points = sum(rating * count for rating, count in votes.items())
    assert mean(votes) == (float(Fraction(points, total)) if total else None)


def test_an_export_holds_the_step() -> None:
    assert Rating().export_row({}, {"rating": 4}) == [4]


async def test_a_rating_has_five_steps_unless_told_otherwise(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="rating")
    assert poll["scale"] == {"steps": 5, "min_label": None, "max_label": None}
    assert (poll["options"], poll["max_choices"]) == ([], 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"scale": {"steps": 1}},
        {"scale": {"steps": 11}},
        {"scale": {"steps": 3.0}},
        {"scale": {"steps": 3, "colour": "red"}},
        {"scale": {"min_label": ""}},
        {"scale": 5},
        {"max_choices": 1},
        {"options": [{"label": "a"}, {"label": "b"}]},
    ],
)
async def test_a_rating_that_cannot_be_asked_is_422(api: Api, fields: Json) -> None:
    event = await api.make_event()
    body = {"kind": "rating", "prompt": "How was it?", **fields}
    path = f"/v1/events/{event['id']}/polls"
    check_problem(await api.call("POST", path, api.organizer_key, body), 422, "invalid_request")


async def test_ratings_are_shown_with_their_mean_after_a_change_and_a_retraction(api: Api) -> None:
    event = await api.make_event()
    scale = {"steps": 3, "min_label": " Poor ", "max_label": "Great"}
    poll = await api.make_poll(event, kind="rating", scale=scale)
    assert poll["scale"] == {"steps": 3, "min_label": "Poor", "max_label": "Great"}
    first, second, third, fourth = await crowd(event, 4)
    for person, rating in ((first, 1), (second, 3), (third, 2), (fourth, 2), (first, 3)):
        cast = await api.answer(person, poll, rating=rating)
        assert cast.json()["vote"] == {"rating": rating}
    await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", second.token)
    assert await api.results(poll) == {
        "poll_id": poll["id"],
        "status": "open",
        "final": False,
        "voters": 3,
        "tallies": [{"rating": n, "votes": votes} for n, votes in ((1, 0), (2, 2), (3, 1))],
        "mean": 7 / 3,
    }


@pytest.mark.parametrize("rating", [0, 4, -1, 2.5, 2.0, "2", True, None, [2]])
async def test_a_rating_that_is_no_step_is_422_and_changes_nothing(api: Api, rating: Any) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="rating", scale={"steps": 3})
    refused = await api.answer((await crowd(event, 1))[0], poll, rating=rating)
    check_problem(refused, 422, "invalid_request")
    assert (await api.results(poll))["voters"] == 0
