"""Adding hosts, moderators and presenters."""

import pytest

from tests.support.api import Api, Json
from tests.support.problems import check_problem
from tests.support.tables import query, tables_that_mention


@pytest.mark.parametrize("role", ["host", "moderator", "presenter"])
async def test_a_member_gets_a_token_for_its_role(api: Api, role: str) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/members"

    added = await api.call("POST", path, api.organizer_key, {"role": role, "name": "Ada"})

    assert added.status_code == 201
    member = added.json()
    assert set(member) == {"member_id", "role", "token"}
    assert member["role"] == role
    assert member["token"].startswith("ovm_")
    assert (await api.changes(event, token=member["token"]))["changes"]


async def test_a_host_adds_members_of_its_own_event(api: Api) -> None:
    event = await api.make_event()
    host = await api.add_member(event, "host")
    path = f"/v1/events/{event['id']}/members"

    added = await api.call("POST", path, host, {"role": "host", "name": "Second host"})

    assert added.status_code == 201
    read = await api.call("GET", f"/v1/events/{event['id']}", added.json()["token"])
    assert read.json()["id"] == event["id"]


async def test_the_token_is_stored_nowhere_in_clear(api: Api) -> None:
    event = await api.make_event()
    token = await api.add_member(event, "host")

    assert await tables_that_mention(token, token.removeprefix("ovm_")) == {}


async def test_members_work_in_a_draft_event_too(api: Api) -> None:
    event = await api.make_event(live=False)
    moderator = await api.add_member(event, "moderator")
    poll = {"kind": "single_choice", "prompt": "?", "options": [{"label": "a"}, {"label": "b"}]}

    made = await api.call("POST", f"/v1/events/{event['id']}/polls", moderator, poll)

    assert made.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Ada"},
        {"role": "host"},
        {"role": "organizer", "name": "Ada"},
        {"role": "participant", "name": "Ada"},
        {"role": "Host", "name": "Ada"},
        {"role": ["host"], "name": "Ada"},
        {"role": "host", "name": ""},
        {"role": "host", "name": "\u200b"},
        {"role": "host", "name": "x" * 81},
        {"role": "host", "name": None},
        {"role": "host", "name": "Ada", "token": "ovm_chosen"},
    ],
)
async def test_a_member_that_does_not_fit_is_422_and_not_added(api: Api, body: Json) -> None:
    event = await api.make_event()

    refused = await api.call("POST", f"/v1/events/{event['id']}/members", api.organizer_key, body)

    check_problem(refused, 422, "invalid_request")
    assert await query("SELECT 1 FROM members WHERE event_id = :id", id=event["id"]) == []
