"""An organizer's API keys: shown once, stored hashed, listed without their secret, revoked."""

from uuid import uuid4

import pytest

from tests.support.api import Api, Json
from tests.support.application import new_organizer_key
from tests.support.problems import check_problem
from tests.support.tables import tables_that_mention


async def make_key(api: Api, name: str = "ticket shop") -> Json:
    made = await api.call("POST", "/v1/api-keys", api.organizer_key, {"name": name})
    assert made.status_code == 201, made.text
    key: Json = made.json()
    return key


@pytest.fixture
async def own(api: Api) -> Api:
    """The calls of an organizer whose only key is `own.organizer_key`."""
    return Api(api.client, await new_organizer_key(f"Organizer {uuid4()}"))


async def test_a_new_key_has_the_rights_of_the_one_that_made_it(api: Api) -> None:
    event = await api.make_event()

    key = await make_key(api)

    assert set(key) == {"id", "name", "created_at", "key"}
    assert key["name"] == "ticket shop"
    assert key["key"].startswith("ovk_")
    read = await api.call("GET", f"/v1/events/{event['id']}", key["key"])
    assert read.json()["id"] == event["id"]


async def test_the_key_is_shown_once_and_stored_nowhere_in_clear(api: Api) -> None:
    key = await make_key(api)

    listed = await api.call("GET", "/v1/api-keys", api.organizer_key, params={"limit": 1})

    shown = {name: value for name, value in key.items() if name != "key"}
    assert listed.json()["api_keys"] == [shown]
    assert key["key"] not in listed.text
    assert await tables_that_mention(key["key"], key["key"].removeprefix("ovk_")) == {}


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
async def test_keys_are_listed_newest_first_in_pages(own: Api, limit: int) -> None:
    made = [await make_key(own, name) for name in ("first", "second", "third")]

    names: list[str] = []
    cursor = None
    while True:
        params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = (await own.call("GET", "/v1/api-keys", own.organizer_key, params=params)).json()
        assert 1 <= len(page["api_keys"]) <= limit
        names += [key["name"] for key in page["api_keys"]]
        cursor = page["cursor"]
        if cursor is None:
            break

    assert names == [key["name"] for key in reversed(made)] + ["test"]


async def test_a_revoked_key_is_refused_and_no_longer_listed(own: Api) -> None:
    key = await make_key(own)
    path = f"/v1/api-keys/{key['id']}"

    revoked = await own.call("DELETE", path, own.organizer_key)

    assert (revoked.status_code, revoked.content) == (204, b"")
    check_problem(await own.call("GET", "/v1/events", key["key"]), 401, "not_authenticated")
    listed = (await own.call("GET", "/v1/api-keys", own.organizer_key)).json()["api_keys"]
    assert key["id"] not in [each["id"] for each in listed]
    check_problem(await own.call("DELETE", path, own.organizer_key), 404, "not_found")


async def test_a_key_may_revoke_itself(own: Api) -> None:
    key = await make_key(own)
    path = f"/v1/api-keys/{key['id']}"

    assert (await own.call("DELETE", path, key["key"])).status_code == 204
    check_problem(await own.call("DELETE", path, key["key"]), 401)


async def test_another_organizers_keys_are_neither_listed_nor_revoked(api: Api, own: Api) -> None:
    key = await make_key(api)

    listed = await own.call("GET", "/v1/api-keys", own.organizer_key)
    assert [each["name"] for each in listed.json()["api_keys"]] == ["test"]
    path = f"/v1/api-keys/{key['id']}"
    check_problem(await own.call("DELETE", path, own.organizer_key), 404, "not_found")
    assert (await api.call("GET", "/v1/api-keys", key["key"])).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": None}, {"name": 1}, {"name": "x" * 81}, {"name": "a", "key": "b"}],
)
async def test_a_key_that_does_not_fit_is_422_and_not_made(own: Api, body: Json) -> None:
    check_problem(await own.call("POST", "/v1/api-keys", own.organizer_key, body), 422)

    listed = (await own.call("GET", "/v1/api-keys", own.organizer_key)).json()
    assert len(listed["api_keys"]) == 1
