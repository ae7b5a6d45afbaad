"""Ranking: points by place, of a whole order."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidRequest
from shared.polls.kinds import count_vote
from shared.polls.kinds.base import VOTERS, Counted, CountedBallot, PollDefinition
from shared.polls.kinds.ranking import Ranking
from shared.polls.vote_schemas import CastVote
from tests.support.api import Api
from tests.support.crowd import crowd
from tests.support.problems import check_problem

OPTIONS = tuple(UUID(int=number) for number in (3, 1, 2))


def _count(*ranking: UUID) -> CountedBallot:
    poll = PollDefinition(UUID(int=9), UUID(int=8), "ranking", OPTIONS, 3)
    return count_vote(poll, CastVote.model_validate({"ranking": ranking}))


def test_the_first_of_three_gets_three_points_and_the_last_one() -> None:
    counted = _count(OPTIONS[2], OPTIONS[0], OPTIONS[1])
    assert counted.counts == {
        VOTERS: 1,
        f"option:{OPTIONS[2]}": 3,
        f"option:{OPTIONS[0]}": 2,
        f"option:{OPTIONS[1]}": 1,
    }


@given(st.permutations(OPTIONS))
def test_points_are_shown_in_the_polls_order(ranking: list[UUID]) -> None:
    counts = _count(*ranking).counts
    results = Ranking().publish(Counted(UUID(int=9), True, OPTIONS, 0, counts))
    assert [tally.option_id for tally in results.tallies] == list(OPTIONS)
    assert sorted(tally.points for tally in results.tallies) == [1, 2, 3]
    assert {tally.option_id: tally.points for tally in results.tallies} == {
        option_id: 3 - place for place, option_id in enumerate(ranking)
    }


def test_without_a_vote_every_option_has_no_points() -> None:
    results = Ranking().publish(Counted(UUID(int=9), False, OPTIONS, 0, {}))
    assert [tally.points for tally in results.tallies] == [0, 0, 0]


@pytest.mark.parametrize(
    ("ranking", "where"),
    [
        (OPTIONS[:2], ("body", "ranking")),
        ((*OPTIONS, OPTIONS[0]), ("body", "ranking")),
        ((OPTIONS[0], OPTIONS[0], OPTIONS[1]), ("body", "ranking")),
        ((OPTIONS[0], OPTIONS[1], UUID(int=7)), ("body", "ranking", 2)),
    ],
)
def test_an_order_that_is_not_of_all_options_is_refused(
    ranking: tuple[UUID, ...], where: tuple[object, ...]
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _count(*ranking)
    assert [error.location for error in refused.value.errors] == [where]


def test_an_export_holds_the_labels_best_first() -> None:
    labels = dict(zip(OPTIONS, "abc", strict=True))
    ballot = {"ranking": [str(OPTIONS[2]), str(OPTIONS[0]), str(OPTIONS[1])]}
    assert Ranking().export_row(labels, ballot) == ["c", "a", "b"]


async def test_points_add_up_over_changes_and_a_retraction(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, *"abc", kind="ranking")
    ids = [option["id"] for option in poll["options"]]
    first, second, third = await crowd(event, 3)
    for person, order in ((first, "012"), (second, "102"), (third, "210"), (first, "201")):
        ranking = [ids[int(place)] for place in order]
        cast = await api.answer(person, poll, ranking=ranking)
        assert cast.json()["vote"] == {"ranking": ranking}
    await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", third.token)
    results = await api.results(poll)
    points = [(tally["option_id"], tally["points"]) for tally in results["tallies"]]
    assert (results["voters"], points) == (2, [(ids[0], 4), (ids[1], 4), (ids[2], 4)])


async def test_a_ranking_that_is_not_whole_is_422_and_changes_nothing(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, *"abc", kind="ranking")
    ids = [option["id"] for option in poll["options"]]
    person = (await crowd(event, 1))[0]
    for ranking in (ids[:2], [*ids, ids[0]], [ids[0], ids[1], str(uuid4())], [], ids[0]):
        refused = await api.answer(person, poll, ranking=ranking)
        check_problem(refused, 422, "invalid_request")
    assert (await api.results(poll))["voters"] == 0
