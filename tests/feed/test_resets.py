"""Cursors that are none of this feed's: a snapshot with `reset`, never a gap and never an error."""

import pytest
from sqlalchemy import text

from shared.db.engines import write_session
from tests.support.api import Api, Json
from tests.support.feed import read_page, snapshot


async def _cursor(api: Api, event: Json, audience: str = "public") -> str:
    return str((await read_page(api, event, audience=audience))["cursor"])


async def _check_reset(api: Api, event: Json, cursor: str, audience: str = "public") -> None:
    """Assert that the cursor is answered by the same page as none."""
    page = await read_page(api, event, cursor, audience=audience)
    assert page == await read_page(api, event, audience=audience)
    assert page["reset"] and page["changes"]


@pytest.mark.parametrize("audience", ["public", "staff"])
async def test_the_own_cursor_is_answered_by_a_delta(api: Api, audience: str) -> None:
    event = await api.make_event()
    page = await read_page(api, event, await _cursor(api, event, audience), audience=audience)
    assert (page["reset"], page["more"], page["changes"]) == (False, False, [])


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "1-p-1", "ffffffff-p-1", "0-p-0", "\u00e9\n", "x" * 3000]
)
async def test_a_malformed_or_foreign_cursor_is_a_reset(api: Api, cursor: str) -> None:
    await _check_reset(api, await api.make_event(), cursor)


async def test_a_cursor_of_another_event_or_audience_is_a_reset(api: Api) -> None:
    event, other = await api.make_event(), await api.make_event()
    await _check_reset(api, event, await _cursor(api, other))
    await _check_reset(api, event, await _cursor(api, event, "staff"))
    await _check_reset(api, event, await _cursor(api, event), "staff")


@pytest.mark.parametrize("audience", ["public", "staff"])
async def test_the_own_cursor_with_zeros_before_a_number_is_a_reset(
    api: Api, audience: str
) -> None:
    event = await api.make_event()
    cursor = await _cursor(api, event, audience)
    epoch, letter, revision = cursor.split("-")
    await _check_reset(api, event, f"{epoch}-{letter}-0{revision}", audience)
    await _check_reset(api, event, f"0{epoch[:7]}-{letter}-{revision}", audience)


@pytest.mark.parametrize("ahead", [1, 10**18 - 10])
async def test_a_cursor_from_the_future_is_a_reset(api: Api, ahead: int) -> None:
    event = await api.make_event()
    epoch, letter, revision = (await _cursor(api, event)).split("-")
    await _check_reset(api, event, f"{epoch}-{letter}-{int(revision) + ahead}")


async def test_after_a_restore_every_older_cursor_is_a_reset(api: Api) -> None:
    event = await api.make_event()
    reader = await snapshot(api, event)
    before = reader.cursor or ""
    async with write_session() as session:
        # As a restore must: the same revisions, in another life.
        change = text("UPDATE events SET feed_epoch = (feed_epoch + 1) % 2147483647 WHERE id = :id")
        await session.execute(change, {"id": event["id"]})
    await api.make_poll(event)
    await _check_reset(api, event, before)
    reader.apply(await read_page(api, event, before))
    assert reader.state == (await snapshot(api, event)).state


async def test_an_erased_events_feed_is_404(api: Api) -> None:
    event = await api.make_event()
    cursor = await _cursor(api, event)
    path = f"/v1/events/{event['id']}"
    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204
    for params in ({}, {"since": cursor}):
        assert (await api.call("GET", f"{path}/changes", None, params=params)).status_code == 404


async def test_a_quiet_event_answers_the_same_bytes_and_304_to_their_etag(api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/changes"
    for title, params in (("One", {}), ("Two", {"since": await _cursor(api, event)})):
        first = await api.call("GET", path, None, params=params)
        again = await api.call("GET", path, None, params=params)
        assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
        assert not first.headers["etag"].startswith("W/")
        headers = {"If-None-Match": first.headers["etag"]}
        same = await api.call("GET", path, None, params=params, headers=headers)
        assert (same.status_code, same.content) == (304, b"")
        await api.call("PATCH", f"/v1/events/{event['id']}", api.organizer_key, {"title": title})
        changed = await api.call("GET", path, None, params=params, headers=headers)
        assert changed.status_code == 200
