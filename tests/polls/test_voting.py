"""Casting, changing and retracting votes through the API."""

from uuid import uuid4

import pytest

from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.feed import publish_now
from tests.support.problems import check_problem
from tests.support.recount import check_exact
from tests.support.tables import fingerprint, query


async def _votes(api: Api, poll: Json) -> list[int]:
    return [tally["votes"] for tally in (await api.results(poll))["tallies"]]


async def test_a_vote_is_answered_as_it_is_stored_and_found_in_me(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="multiple_choice")
    person = await api.join(event)
    receipt = (await api.vote(person, poll, 2, 0)).json()
    in_order = {"option_ids": [poll["options"][0]["id"], poll["options"][2]["id"]]}
    assert receipt == {"poll_id": poll["id"], "vote": in_order, "cast_at": receipt["cast_at"]}
    me = (await api.call("GET", f"/v1/events/{event['id']}/me", person.token)).json()
    assert me["votes"] == [{"poll_id": poll["id"], "vote": in_order}]


async def test_the_same_vote_again_is_the_same_answer_and_counts_once(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="multiple_choice")
    person = await api.join(event)
    first = await api.vote(person, poll, 0, 1)
    for choices in ((0, 1), (1, 0)):
        again = await api.vote(person, poll, *choices)
        assert (again.status_code, again.json()) == (200, first.json())
    assert await _votes(api, poll) == [1, 1, 0]


async def test_a_changed_vote_moves_and_is_cast_anew(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    person, other = await crowd(event, 2)
    first = (await api.vote(person, poll, 0)).json()
    await api.vote(other, poll, 0)
    changed = (await api.vote(person, poll, 1)).json()
    assert changed["cast_at"] > first["cast_at"]
    assert await _votes(api, poll) == [1, 1, 0]
    assert (await api.results(poll))["voters"] == 2


async def test_a_retracted_vote_is_gone_and_may_be_cast_anew(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    person = await api.join(event)
    path = f"/v1/polls/{poll['id']}/vote"
    nothing = {"poll_id": poll["id"], "vote": None, "cast_at": None}
    assert (await api.call("DELETE", path, person.token)).json() == nothing
    first = (await api.vote(person, poll, 1)).json()
    for _ in range(2):
        retracted = await api.call("DELETE", path, person.token)
        assert (retracted.status_code, retracted.json()) == (200, nothing)
        assert (await api.results(poll))["voters"] == 0
    anew = (await api.vote(person, poll, 1)).json()
    assert anew["vote"] == first["vote"] and anew["cast_at"] > first["cast_at"]
    await publish_now(event)
    await check_exact(api, event)


async def test_a_vote_that_breaks_the_polls_rule_is_422_and_changes_nothing(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    other = await api.make_poll(event)
    person = await api.join(event)
    await api.vote(person, poll, 0)
    before = await fingerprint()
    red, green = (option["id"] for option in poll["options"][:2])
    bodies: list[object] = [
        {"option_ids": [red, green]},
        {"option_ids": [other["options"][0]["id"]]},
        {"option_ids": [str(uuid4())]},
        {"option_ids": [red, red]},
        {"option_ids": []},
        {"option_ids": ["red"]},
        {"option_ids": red},
        {"option_ids": [red], "weight": 2},
        {"option_ids": None},
        {},
        [],
        "red",
        {"rating": 3},
    ]
    for body in bodies:
        response = await api.call("PUT", f"/v1/polls/{poll['id']}/vote", person.token, body)
        check_problem(response, 422)
        assert await fingerprint() == before, body


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_poll_that_is_not_the_voters_to_see_is_404(api: Api, method: str) -> None:
    event, elsewhere = await api.make_event(), await api.make_event()
    person = await api.join(event)
    hidden = [
        await api.make_poll(event, open_now=False),
        await api.make_poll(elsewhere),
        {"id": str(uuid4()), "options": [{"id": str(uuid4())}]},
    ]
    before = await fingerprint()
    for poll in hidden:
        body = {"option_ids": [poll["options"][0]["id"]]} if method == "PUT" else None
        response = await api.call(method, f"/v1/polls/{poll['id']}/vote", person.token, body)
        check_problem(response, 404, "not_found")
    assert await fingerprint() == before


@pytest.mark.parametrize("status", ["closed", "archived"])
async def test_a_poll_that_is_not_open_takes_no_votes(api: Api, status: str) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    voter, late = await crowd(event, 2)
    await api.vote(voter, poll, 0)
    await api.change_poll(poll, status=status)
    before = await fingerprint()
    path = f"/v1/polls/{poll['id']}/vote"
    for refused in (
        await api.vote(late, poll, 1),
        await api.vote(voter, poll, 1),
        await api.call("DELETE", path, voter.token),
    ):
        check_problem(refused, 409, "poll_closed")
    assert await fingerprint() == before


async def test_nobody_votes_before_the_event_is_live_or_after_it_ended(api: Api) -> None:
    event = await api.make_event(live=False)
    poll = await api.make_poll(event)
    [person] = await crowd(event, 1)
    path = f"/v1/events/{event['id']}"
    check_problem(await api.vote(person, poll, 0), 409, "event_not_live")
    await api.call("PATCH", path, api.organizer_key, {"status": "live"})
    assert (await api.vote(person, poll, 0)).status_code == 200
    await api.call("PATCH", path, api.organizer_key, {"status": "ended"})
    check_problem(await api.vote(person, poll, 1), 409, "event_not_live")
    assert (await api.results(poll))["voters"] == 1


async def test_a_deleted_poll_is_404_also_for_who_voted_in_it(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    person = await api.join(event)
    await api.vote(person, poll, 0)
    path = f"/v1/polls/{poll['id']}"
    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204
    check_problem(await api.vote(person, poll, 1), 404, "not_found")
    check_problem(await api.call("GET", f"{path}/results", person.token), 404, "not_found")
    for table, column in (("votes", "poll_id"), ("poll_options", "poll_id"), ("polls", "id")):
        assert await query(f"SELECT 1 FROM {table} WHERE {column} = :id", id=poll["id"]) == []
    for table in ("tally_subjects", "tally_counters"):
        assert await query(f"SELECT 1 FROM {table} WHERE subject_id = :id", id=poll["id"]) == []


async def test_a_participant_without_a_name_votes_as_anyone_does(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    person = await api.join(event, None)
    assert (await api.vote(person, poll, 0)).status_code == 200
    assert await query("SELECT display_name FROM participants WHERE id = :id", id=person.id) == [
        (None,)
    ]
