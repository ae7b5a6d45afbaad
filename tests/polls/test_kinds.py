"""What holds for every kind of poll, through HTTP and against a recount."""

import asyncio
from random import Random
from typing import Any

import pytest

from shared.polls.kinds import KINDS
from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.kinds import make_poll, random_vote
from tests.support.problems import check_problem
from tests.support.recount import check_exact
from tests.support.tables import query

ALL = pytest.mark.parametrize("kind", KINDS)


def _values(results: Json) -> list[Any]:
    return [tuple(sorted(tally.items())) for tally in results["tallies"]]


@ALL
async def test_changed_repeated_and_retracted_votes_leave_the_counts_of_the_last_ones(
    api: Api, kind: str
) -> None:
    event = await api.make_event()
    messy, clean = await make_poll(api, event, kind), await make_poll(api, event, kind)
    places = {one["id"]: two["id"] for one, two in zip(messy["options"], clean["options"])}
    chance = Random(kind)
    last: dict[str, Json] = {}
    people = await crowd(event, 6)
    for _ in range(4):
        for person in people:
            if chance.random() < 0.25:
                path = f"/v1/polls/{messy['id']}/vote"
                assert (await api.call("DELETE", path, person.token)).status_code == 200
                last.pop(person.id, None)
                continue
            vote = random_vote(messy, chance)
            first = await api.answer(person, messy, **vote)
            again = await api.answer(person, messy, **vote)
            assert first.status_code == 200, first.text
            assert first.json() == again.json()
            last[person.id] = first.json()["vote"]
    for person in people:
        if person.id in last:
            ((field, said),) = last[person.id].items()
            there = [places.get(each, each) for each in said] if isinstance(said, list) else said
            assert (await api.answer(person, clean, **{field: there})).status_code == 200
    await publish_now(event)
    await check_exact(api, event)
    one, other = await api.results(messy), await api.results(clean)
    assert one["voters"] == other["voters"] == len(last)
    if kind != "open_text":
        named = [
            {**each, "option_id": places[each["option_id"]]} if "option_id" in each else each
            for each in one["tallies"]
        ]
        assert named == other["tallies"]
        assert one.get("mean") == other.get("mean")
    else:
        assert sorted(map(str, _values(one))) == sorted(map(str, _values(other)))


@ALL
async def test_a_closed_poll_takes_no_vote_and_shows_the_final_count(api: Api, kind: str) -> None:
    event = await api.make_event()
    poll = await make_poll(api, event, kind)
    reader = FeedReader(api, event)
    await reader.poll()
    chance = Random(1)
    first, late = await crowd(event, 2)
    assert (await api.answer(first, poll, **random_vote(poll, chance))).status_code == 200
    await api.change_poll(poll, status="closed")
    refused = await api.answer(late, poll, **random_vote(poll, chance))
    check_problem(refused, 409, "poll_closed")
    await publish_now(event)
    shown = (await snapshot(api, event)).state["poll_results", poll["id"]]
    assert (shown["final"], shown["voters"]) == (True, 1)
    results = (await api.call("GET", f"/v1/polls/{poll['id']}/results")).json()
    assert results.pop("status") == "closed"
    assert results == shown


@ALL
async def test_me_shows_the_vote_as_it_was_acknowledged(api: Api, kind: str) -> None:
    event = await api.make_event()
    poll = await make_poll(api, event, kind)
    person = (await crowd(event, 1))[0]
    cast = await api.answer(person, poll, **random_vote(poll, Random(2)))
    me = await api.call("GET", f"/v1/events/{event['id']}/me", person.token)
    assert me.json()["votes"] == [{"poll_id": poll["id"], "vote": cast.json()["vote"]}]


@ALL
async def test_the_field_of_another_kind_none_and_two_at_once_are_422(api: Api, kind: str) -> None:
    event = await api.make_event()
    poll = await make_poll(api, event, kind)
    person = (await crowd(event, 1))[0]
    own = random_vote(poll, Random(3))
    others: list[Json] = [{"rating": 1}, {"text": "a"}, {"words": ["a"]}]
    bodies = [other for other in others if other.keys() != own.keys()]
    for body in [{}, *bodies, *({**own, **other} for other in bodies)]:
        check_problem(await api.answer(person, poll, **body), 422, "invalid_request")
    votes = await query("SELECT 1 FROM votes WHERE poll_id = :id", id=poll["id"])
    assert votes == []


@ALL
async def test_votes_that_change_at_once_leave_counters_that_are_the_rows(
    api: Api, kind: str
) -> None:
    event = await api.make_event()
    poll = await make_poll(api, event, kind)
    chance = Random(kind)
    people = await crowd(event, 8)

    async def write(person: Participant) -> None:
        if chance.random() < 0.2:
            answer = await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", person.token)
        else:
            answer = await api.answer(person, poll, **random_vote(poll, chance))
        assert answer.status_code == 200, answer.text

    # The same few write at once, so that changes of one row meet.
    await asyncio.gather(*(write(person) for person in people for _ in range(12)))
    await publish_now(event)
    await check_exact(api, event)
