"""I7: what the database is asked for one event depends on the tick, not on how many poll."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence

import httpx

from shared.settings import get_settings
from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.statements import Statements

Headers = Mapping[str, str]

_SECONDS = 1.5
# Of a key that many ask for: one run in 0.15 s, of one statement.
_RUNS_A_SECOND = 7


async def _poll(
    api: Api, event: Json, cursors: list[str], *, clients: int, headers: Sequence[Headers] = ({},)
) -> tuple[int, Statements]:
    """Let so many clients poll as fast as they can; return the polls and the statements a second."""
    path = f"/v1/events/{event['id']}/changes"
    ends_at = time.monotonic() + _SECONDS
    polls = 0

    async def poll(number: int) -> None:
        nonlocal polls
        while time.monotonic() < ends_at:
            params = {"since": cursors[number % len(cursors)]}
            sent = headers[number % len(headers)]
            response = await api.client.get(path, params=params, headers=sent)
            assert response.status_code == 200
            polls += 1

    async with Statements() as statements:
        await asyncio.gather(*(poll(number) for number in range(clients)))
    return polls, statements


def _reads(statements: Statements) -> float:
    return statements.naming("feed_entries") / _SECONDS


def _looks(statements: Statements) -> float:
    return statements.naming("tally_subjects", "published_moves") / _SECONDS


async def test_many_who_send_what_the_public_feed_does_not_ask_for_cost_no_more_than_one(
    api: Api,
) -> None:
    event = await api.make_event()
    await api.make_poll(event)
    cursor = (await snapshot(api, event)).cursor or ""
    people = [await api.join(event) for _ in range(20)]
    headers = [{"Authorization": f"Bearer {each.token}"} for each in people]
    headers += [{"Cookie": "consent=yes"}, {"Range": "bytes=0-9"}, {"If-Match": '"x"'}]
    polls, statements = await _poll(api, event, [cursor], clients=200, headers=headers)
    assert polls > 100
    assert sum(statements.sent.values()) / _SECONDS < 4 * _RUNS_A_SECOND


async def test_many_clients_cost_the_database_no_more_than_one(api: Api) -> None:
    event = await api.make_event()
    await api.make_poll(event)
    cursor = (await snapshot(api, event)).cursor or ""
    few, for_few = await _poll(api, event, [cursor], clients=1)
    many, for_many = await _poll(api, event, [cursor], clients=200)
    # Far more than what they may cost.
    assert few > 20 and many > 100
    ticks_a_second = 1_000 / get_settings().tick_interval_ms
    for statements in (for_few, for_many):
        assert _reads(statements) <= _RUNS_A_SECOND + 1
        assert _looks(statements) <= ticks_a_second + 1
        # A read, a look, and what a connection says for itself (a ping each, and settings once).
        assert sum(statements.sent.values()) / _SECONDS <= 6 * (_RUNS_A_SECOND + ticks_a_second)


async def test_clients_that_are_apart_cost_a_read_for_each_cursor_and_no_more(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    cursors = []
    for turn in range(5):
        await api.change_poll(poll, prompt=f"Which one, {turn}?")
        cursors.append((await snapshot(api, event)).cursor or "")
    _, statements = await _poll(api, event, cursors, clients=200)
    assert _reads(statements) <= len(cursors) * (_RUNS_A_SECOND + 1)
    assert _looks(statements) <= 1_000 / get_settings().tick_interval_ms + 1


async def test_whatever_a_client_makes_up_costs_no_more_than_ordinary_polls(api: Api) -> None:
    event = await api.make_event()
    await api.make_poll(event)
    cursor = (await snapshot(api, event)).cursor or ""
    path = f"/v1/events/{event['id']}/changes"
    epoch, revision = cursor.split("-p-")
    made_up: list[Callable[[int], httpx.Request]] = [
        lambda n: api.client.build_request("GET", f"{path}?since={cursor}&junk={n}"),
        lambda n: api.client.build_request("GET", f"{path}?since=made-up-{n}"),
        lambda n: api.client.build_request("GET", path, headers={"Host": f"h{n}.example"}),
        lambda n: api.client.build_request("GET", path, headers={"Origin": f"https://{n}.example"}),
        lambda n: api.client.build_request("GET", f"{path}?since={n:x}-p-{revision}"),
        lambda n: api.client.build_request(
            "GET", f"{path}?since={epoch}-p-{int(revision) + 1 + n}"
        ),
    ]
    for request in made_up:
        started = time.monotonic()
        async with Statements() as statements:
            answers = await asyncio.gather(*(api.client.send(request(n)) for n in range(200)))
        assert {answer.status_code for answer in answers} == {200}
        snapshots = {json.dumps(answer.json()["changes"]) for answer in answers}
        assert len(snapshots) == 1
        reads = statements.naming("feed_entries")
        assert reads <= 2 + (_RUNS_A_SECOND + 10) * (time.monotonic() - started)


async def test_a_snapshot_that_everybody_asks_for_at_once_is_read_once(api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/changes"
    async with Statements() as statements:
        answers: list[httpx.Response] = await asyncio.gather(
            *(api.client.get(path) for _ in range(200))
        )
    assert len({answer.content for answer in answers}) == 1
    assert statements.naming("feed_entries") == 1


async def test_while_people_vote_the_readers_still_cost_a_tick_and_their_reads(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await publish_now(event)
    cursor = (await snapshot(api, event)).cursor or ""

    async def vote() -> None:
        for voter in await crowd(event, 60):
            assert (await api.vote(voter, poll, 0)).status_code == 200
            await asyncio.sleep(_SECONDS / 80)

    voting = asyncio.create_task(vote())
    _, statements = await _poll(api, event, [cursor], clients=100)
    await voting
    ticks_a_second = 1_000 / get_settings().tick_interval_ms
    ticks = statements.naming("UPDATE tally_subjects") / _SECONDS
    assert 0 < ticks <= ticks_a_second + 1
    # Each publication makes the cache read anew, beside its own reads of what was shown last.
    assert _reads(statements) <= _RUNS_A_SECOND + 5 * ticks_a_second + 2
