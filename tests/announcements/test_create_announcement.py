"""Announcing: everyone sees it at once, until it is taken back or expires."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.announcements.rules import check_expiry
from shared.errors import InvalidRequest
from tests.support.api import Api, FeedReader, Json
from tests.support.feed import publish_now, read_page, snapshot
from tests.support.fresh import FreshReader
from tests.support.problems import check_problem
from tests.support.statements import Statements
from tests.support.tables import query
from tests.support.waiting import until

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


async def announce(api: Api, event: Json, body: str = "Lunch is served.", **fields: object) -> Json:
    path = f"/v1/events/{event['id']}/announcements"
    made = await api.call("POST", path, api.organizer_key, {"body": body, **fields})
    assert made.status_code == 201, made.text
    announced: Json = made.json()
    return announced


def soon(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


async def test_an_announcement_reaches_both_feeds_at_once(api: Api) -> None:
    event = await api.make_event()
    public, staff = FreshReader(api, event), FeedReader(api, event, api.organizer_key)
    for reader in (public, staff):
        await reader.poll()

    announced = await announce(api, event, "  Lunch\nis served. ", pinned=True)

    assert set(announced) == {"id", "body", "pinned", "expires_at", "created_at"}
    assert (announced["body"], announced["pinned"]) == ("Lunch\nis served.", True)
    assert announced["expires_at"] is None
    for reader in (public, staff):
        (change,) = await reader.poll()
        assert (change["type"], change["id"]) == ("announcement", announced["id"])
        assert change["data"] == announced


async def test_it_is_made_once_for_one_idempotency_key(api: Api) -> None:
    event = await api.make_event()
    path, key = f"/v1/events/{event['id']}/announcements", {"Idempotency-Key": "lunch"}
    body = {"body": "Lunch is served."}
    first, again = [
        await api.call("POST", path, api.organizer_key, body, headers=key) for _ in range(2)
    ]
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    sql = "SELECT count(*) FROM announcements WHERE event_id = :id"
    assert await query(sql, id=event["id"]) == [(1,)]


async def test_one_that_expires_leaves_the_feed_of_whoever_reads_without_being_told(
    api: Api,
) -> None:
    event = await api.make_event()
    going = await announce(api, event, expires_at=soon(0.6))
    staying = await announce(api, event, "Doors close at 18:00.", expires_at=soon(3_600))
    reader = FreshReader(api, event)
    await reader.poll()
    assert {going["id"], staying["id"]} <= {id for _, id in reader.state}

    async def gone() -> bool:
        await reader.poll()
        return ("announcement", going["id"]) not in reader.state

    await until(gone, timeout_s=5)

    for audience in ("public", "staff"):
        state = (await snapshot(api, event, audience)).state
        assert state["announcement", staying["id"]] == staying
        assert ("announcement", going["id"]) not in state
    # Once: a tick has nothing to do any more.
    async with Statements() as statements:
        await publish_now(event)
    assert statements.naming("UPDATE announcements") == 0


async def test_nobody_is_shown_one_that_expired_while_nobody_read(api: Api) -> None:
    event = await api.make_event()
    going = await announce(api, event, expires_at=soon(0.3))
    cursor = (await read_page(api, event))["cursor"]

    async def due() -> bool:
        sql = "SELECT expires_at < now() FROM announcements WHERE id = :id"
        return await query(sql, id=going["id"]) == [(True,)]

    await until(due)
    await publish_now(event)
    changes = (await read_page(api, event, cursor))["changes"]
    assert [(each["id"], each["data"]) for each in changes] == [(going["id"], None)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": ""},
        {"body": "x" * 1001},
        {"body": "Lunch.", "pinned": 1},
        {"body": "Lunch.", "expires_at": "tomorrow"},
        {"body": "Lunch.", "expires_at": "2027-03-01T12:00:00"},
        {"body": "Lunch.", "expires_at": "2020-03-01T12:00:00Z"},
        {"body": "Lunch.", "author_name": "Somebody else"},
    ],
)
async def test_an_announcement_that_does_not_fit_is_422_and_not_made(api: Api, body: Json) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/announcements"
    check_problem(await api.call("POST", path, api.organizer_key, body), 422, "invalid_request")
    assert await query("SELECT 1 FROM announcements WHERE event_id = :id", id=event["id"]) == []


def test_an_end_must_lie_ahead() -> None:
    check_expiry(None, now=NOW)
    check_expiry(NOW + timedelta(microseconds=1), now=NOW)
    for past in (NOW, NOW - timedelta(days=1)):
        with pytest.raises(InvalidRequest):
            check_expiry(past, now=NOW)
