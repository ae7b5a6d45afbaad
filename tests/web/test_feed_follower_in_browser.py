"""How the page follows the feed, against scripted answers and a clock of the test's own."""

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.async_api import Page

from tests.web.conftest import OpenDevice

pytestmark = pytest.mark.browser

Json = dict[str, Any]

# After the scripted answers nothing changes any more. They are no real Responses, whose bodies are
# read outside the time of the test's clock.
_FOLLOW = """async (answers) => {
    const { FeedFollower } = await import("/page/feed.js");
    window.heard = { asked: [], states: [], troubles: [], lost: [] };
    window.fetch = async (path, { headers }) => {
        const since = new URL(path, location.href).searchParams.get("since");
        heard.asked.push({ since, etag: headers["If-None-Match"] ?? null, at: Date.now() });
        const { status = 200, body = null, headers: answered = {} } = answers.shift() ?? { status: 304 };
        if (status === 0) throw new TypeError("Failed to fetch");
        const text = async () => (body ? JSON.stringify(body) : "");
        return { status, text, headers: { get: (name) => answered[name] ?? null } };
    };
    new FeedFollower("event", {
        onState: (state) => heard.states.push([...(state.get("poll")?.keys() ?? [])].sort()),
        onTrouble: (error) => heard.troubles.push(error && error.code),
        onLost: (error) => heard.lost.push(error.status),
    }).start();
}"""

_SHOW = """(hidden) => {
    Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def _page(cursor: str, *changes: tuple[str, Json | None], **fields: Any) -> Json:
    body = {
        "cursor": cursor,
        "reset": False,
        "more": False,
        "poll_after_ms": 2_000,
        "changes": [
            {"type": "poll", "id": name, "revision": 1, "data": now} for name, now in changes
        ],
    }
    return {"body": {**body, **fields}, "headers": {"ETag": f'"of {cursor}"'}}


async def _follow(device: OpenDevice, answers: Sequence[Json], *, for_ms: int) -> Page:
    page = await device("/")
    await page.clock.install(time=0)
    await page.clock.pause_at(3_600_000)
    await page.evaluate(_FOLLOW, list(answers))
    await page.clock.run_for(for_ms)
    return page


async def _heard(page: Page) -> Json:
    heard: Json = await page.evaluate("heard")
    return heard


async def _waits(page: Page) -> list[int]:
    times = [asked["at"] for asked in (await _heard(page))["asked"]]
    return [later - earlier for earlier, later in zip(times, times[1:], strict=False)]


async def test_the_state_follows_changes_deletions_and_resets(device: OpenDevice) -> None:
    answers = [
        _page("1", ("a", {}), ("b", {}), reset=True),
        _page("2", ("a", None), ("c", {})),
        _page("3", ("d", {}), reset=True),
    ]
    page = await _follow(device, answers, for_ms=6_000)
    assert (await _heard(page))["states"] == [["a", "b"], ["b", "c"], ["d"]]


async def test_a_long_snapshot_is_read_at_once_and_shown_whole(device: OpenDevice) -> None:
    answers = [
        _page("1", ("a", {}), reset=True, more=True),
        _page("2", ("b", {}), more=True),
        _page("3", ("c", {})),
    ]
    page = await _follow(device, answers, for_ms=100)
    heard = await _heard(page)
    assert [asked["since"] for asked in heard["asked"]] == [None, "1", "2"]
    assert heard["states"] == [["a", "b", "c"]]


async def test_an_etag_is_sent_with_the_cursor_that_it_belongs_to(device: OpenDevice) -> None:
    quiet, news = _page("1"), _page("2", ("a", {}))
    answers = [_page("1", reset=True), quiet, {"status": 304}, news]
    page = await _follow(device, answers, for_ms=11_000)
    asked = [(asked["since"], asked["etag"]) for asked in (await _heard(page))["asked"]]
    assert asked[:5] == [(None, None), ("1", None), ("1", '"of 1"'), ("1", '"of 1"'), ("2", None)]


async def test_polls_come_as_the_service_says_with_a_jitter_of_their_own(
    device: OpenDevice,
) -> None:
    page = await _follow(device, [_page("1", reset=True, poll_after_ms=3_000)], for_ms=60_000)
    waits = await _waits(page)
    assert len(waits) >= 15
    assert all(3_000 <= wait <= 3_750 for wait in waits)
    assert len(set(waits)) > 5


async def test_failures_are_waited_out_longer_and_longer_up_to_half_a_minute(
    device: OpenDevice,
) -> None:
    page = await _follow(device, [{"status": 0}] * 12, for_ms=300_000)
    waits = await _waits(page)
    assert all(500 * 2**n <= wait <= 1_000 * 2**n for n, wait in enumerate(waits[:5]))
    assert all(15_000 <= wait <= 30_000 for wait in waits[5:11])
    troubles = (await _heard(page))["troubles"]
    assert troubles[:12] == ["network"] * 12


async def test_the_end_of_trouble_is_told_and_a_busy_service_is_left_alone_as_it_asks(
    device: OpenDevice,
) -> None:
    busy = {"status": 503, "headers": {"Retry-After": "20"}, "body": {"code": "unavailable"}}
    page = await _follow(device, [busy, _page("1", reset=True)], for_ms=21_000)
    assert (await _waits(page))[0] == 20_000
    assert (await _heard(page))["troubles"] == ["unavailable", None]


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_feed_that_is_not_ours_is_asked_for_no_more(
    device: OpenDevice, status: int
) -> None:
    page = await _follow(device, [{"status": status, "body": {}}], for_ms=60_000)
    heard = await _heard(page)
    assert heard["lost"] == [status]
    assert len(heard["asked"]) == 1


async def test_a_page_that_nobody_looks_at_falls_silent_and_wakes_when_looked_at(
    device: OpenDevice,
) -> None:
    page = await _follow(device, [_page("1", reset=True)], for_ms=1_000)
    await page.evaluate(_SHOW, True)
    await page.clock.run_for(70_000)
    silent = len((await _heard(page))["asked"])
    assert silent > 20
    await page.clock.run_for(600_000)
    assert len((await _heard(page))["asked"]) == silent
    await page.evaluate(_SHOW, False)
    await page.clock.run_for(10)
    assert len((await _heard(page))["asked"]) == silent + 1
