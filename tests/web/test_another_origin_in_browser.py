"""Pages of one's own that call the API of another origin, as a browser lets them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page

from tests.support.api import Api
from tests.support.server import Server, running_server

pytestmark = pytest.mark.browser

CALLS = """async ({api, code, poll, option}) => {
    const send = async (method, path, body, token) => {
        const headers = {'Content-Type': 'application/json'};
        if (token) headers.Authorization = `Bearer ${token}`;
        const answer = await fetch(api + path, {method, headers, body: JSON.stringify(body)});
        const told = answer.headers.get('X-Request-Id');
        return {status: answer.status, told, said: await answer.json()};
    };
    const join = await send('POST', '/v1/join', {join_code: code});
    const feed = `${api}/v1/events/${join.said.event_id}/changes`;
    // The first one from the application, then from its memory.
    const tags = [];
    for (let n = 0; n < 3; n++) {
        tags.push((await fetch(feed, {cache: 'no-store'})).headers.get('ETag'));
    }
    const again = await fetch(feed, {headers: {'If-None-Match': tags[2]}, cache: 'no-store'});
    const path = `/v1/polls/${poll}/vote`;
    const vote = await send('PUT', path, {option_ids: [option]}, join.said.token);
    const refused = await send('PUT', path, {option_ids: []}, join.said.token);
    return {join, tags, again: again.status, vote, refused};
}"""


@pytest.fixture(scope="module")
def elsewhere(
    server: Server, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The same application at another origin, which pages of `server` may call."""
    log = tmp_path_factory.mktemp("elsewhere") / "server.log"
    with running_server(
        log, DATABASE_URL=database_url, CORS_ALLOWED_ORIGINS=server.base_url
    ) as started:
        yield started


@asynccontextmanager
async def page_at(chromium: Browser, origin: str) -> AsyncIterator[Page]:
    """Open a page of an origin, without the policy of ours that lets it call nobody else."""
    context = await chromium.new_context(bypass_csp=True)
    page = await context.new_page()
    await page.goto(f"{origin}/health/live")
    yield page
    await context.close()


async def test_a_page_that_is_allowed_joins_polls_and_votes(
    chromium: Browser, server: Server, elsewhere: Server, api: Api
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    names = {"code": event["join_code"], "poll": poll["id"], "option": poll["options"][0]["id"]}
    async with page_at(chromium, server.base_url) as page:
        seen = await page.evaluate(CALLS, {"api": elsewhere.base_url, **names})
    assert all(seen["tags"]) and seen["again"] in (200, 304)
    calls = [seen["join"], seen["vote"], seen["refused"]]
    assert [call["status"] for call in calls] == [200, 200, 422]
    assert all(call["told"] for call in calls)
    assert seen["vote"]["said"]["poll_id"] == poll["id"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_any_other_page_is_kept_out_by_its_browser(
    chromium: Browser, server: Server, elsewhere: Server, method: str
) -> None:
    other = server.base_url.replace("127.0.0.1", "localhost")
    call = "([url, method]) => fetch(url, {method}).then(() => 'read', (error) => error.message)"
    async with page_at(chromium, other) as page:
        said = await page.evaluate(call, [f"{elsewhere.base_url}/health/live", method])
    assert said == "Failed to fetch"
