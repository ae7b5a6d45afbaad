"""Who is revoked or banned in one process is refused at once by every other, and by a warm Lambda."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.functions import Functions, functions
from tests.support.lambda_events import load_balancer_event
from tests.support.problems import check_problem

_STAFF = {"audience": "staff"}
Ask = Callable[[], Awaitable[httpx.Response]]


@pytest.fixture(scope="module")
async def burst(database_url: str) -> AsyncIterator[Functions]:
    """The functions, as AWS starts them."""
    async with functions(database_url, as_process=True) as burst:
        yield burst


def _as_call(worker: Api, method: str, path: str, token: str, body: Json | None = None) -> Ask:
    return lambda: worker.call(method, path, token, body, params=_STAFF if body is None else None)


def _as_lambda(
    burst: Functions, operation: str, method: str, path: str, token: str, body: Json | None = None
) -> Ask:
    query = [] if body else [*_STAFF.items()]
    headers = {"authorization": f"Bearer {token}"}
    event = load_balancer_event(method, path, headers=headers, json=body, query=query)
    return lambda: burst(operation, event)


@pytest.mark.parametrize("role", ["host", "moderator", "presenter"])
async def test_a_revoked_member_token_is_refused_everywhere(
    workers: list[Api], burst: Functions, role: str
) -> None:
    api = workers[0]
    event = await api.make_event()
    members = f"/v1/events/{event['id']}/members"
    added = await api.call("POST", members, api.organizer_key, {"role": role, "name": "Ada"})
    token = added.json()["token"]
    path = f"/v1/events/{event['id']}/changes"
    asks = [_as_call(worker, "GET", path, token) for worker in workers]
    asks.append(_as_lambda(burst, "get_changes", "GET", path, token))
    for ask in asks * 2:
        assert (await ask()).status_code == 200

    member = f"{members}/{added.json()['member_id']}"
    assert (await workers[1].call("DELETE", member, api.organizer_key)).status_code == 204

    for ask in asks:
        check_problem(await ask(), 401, "not_authenticated")


async def test_a_banned_participant_is_refused_everywhere(
    workers: list[Api], burst: Functions
) -> None:
    api = workers[0]
    event = await api.make_event()
    poll = await api.make_poll(event)
    [voter] = await crowd(event, 1)
    path, body = f"/v1/polls/{poll['id']}/vote", {"option_ids": [poll["options"][0]["id"]]}
    asks = [_as_call(worker, "PUT", path, voter.token, body) for worker in workers]
    asks.append(_as_lambda(burst, "cast_vote", "PUT", path, voter.token, body))
    for ask in asks * 2:
        assert (await ask()).status_code == 200

    ban = f"/v1/participants/{voter.id}/ban"
    assert (await workers[2].call("POST", ban, api.organizer_key)).status_code == 200

    for ask in asks:
        check_problem(await ask(), 403, "banned")
