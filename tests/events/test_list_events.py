"""Listing events, page by page."""

import httpx
import pytest

from tests.support.api import Api, Json
from tests.support.application import new_organizer_key
from tests.support.problems import check_problem


async def list_events(api: Api, token: str, **params: object) -> Json:
    listed = await api.call("GET", "/v1/events", token, params=params)
    assert listed.status_code == 200, listed.text
    page: Json = listed.json()
    return page


@pytest.fixture(scope="module")
async def alone(client: httpx.AsyncClient, organizer_key: str) -> Api:
    """The calls of an organizer who has five events and nobody else's."""
    own = Api(client, await new_organizer_key("An organizer of five events"))
    for number in range(5):
        await own.call("POST", "/v1/events", own.organizer_key, {"title": f"Event {number}"})
    return own


async def test_events_come_newest_first_and_whole(alone: Api) -> None:
    page = await list_events(alone, alone.organizer_key)

    assert [event["title"] for event in page["events"]] == [f"Event {n}" for n in (4, 3, 2, 1, 0)]
    assert page["cursor"] is None
    first = page["events"][0]
    read = await alone.call("GET", f"/v1/events/{first['id']}", alone.organizer_key)
    assert read.json() == first


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6])
async def test_pages_hold_every_event_once_and_the_last_has_no_cursor(
    alone: Api, limit: int
) -> None:
    titles, pages, cursor = [], 0, None
    while True:
        params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = await list_events(alone, alone.organizer_key, **params)
        pages += 1
        assert 1 <= len(page["events"]) <= limit
        titles += [event["title"] for event in page["events"]]
        cursor = page["cursor"]
        if cursor is None:
            break

    assert titles == [f"Event {number}" for number in (4, 3, 2, 1, 0)]
    assert pages == -(-5 // limit)


async def test_an_event_made_between_two_pages_shifts_nothing(api: Api) -> None:
    own = Api(api.client, await new_organizer_key("An organizer in a hurry"))
    first, second = await own.make_event(live=False), await own.make_event(live=False)
    page = await list_events(own, own.organizer_key, limit=1)
    await own.make_event(live=False)

    rest = await list_events(own, own.organizer_key, cursor=page["cursor"])

    assert [event["id"] for event in page["events"]] == [second["id"]]
    assert [event["id"] for event in rest["events"]] == [first["id"]]


async def test_an_organizer_without_events_gets_an_empty_page(api: Api) -> None:
    key = await new_organizer_key("An organizer who has just begun")

    assert await list_events(api, key) == {"events": [], "cursor": None}


async def test_a_host_lists_the_one_event_of_its_token(api: Api) -> None:
    event = await api.make_event()
    host = await api.add_member(event, "host")

    assert await list_events(api, host) == {"events": [event], "cursor": None}


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "many"},
        {"limit": "1.5"},
        {"limit": "9" * 400},
        {"limit": ""},
        {"cursor": "not-a-cursor"},
        {"cursor": ""},
        {"cursor": "\x00"},
        {"cursor": "x" * 65},
        {"cursor": "' OR 1=1 --"},
    ],
)
async def test_a_limit_or_cursor_that_does_not_fit_is_422(api: Api, params: dict[str, str]) -> None:
    for path in ("/v1/events", "/v1/api-keys"):
        refused = await api.call("GET", path, api.organizer_key, params=params)
        problem = check_problem(refused, 422, "invalid_request")
        assert problem["errors"][0]["location"] == ["query", next(iter(params))]
