"""Reading the feed past every cache, and making it quiet."""

import time
from uuid import UUID

from tests.support.api import Api, FeedReader, Json
from tests.support.settings import changed_settings


async def publish_now(event: Json) -> None:
    """Let the feed show every vote and upvote that is committed."""
    from shared.tick import publish_moved

    with changed_settings(tick_interval_ms=1):
        time.sleep(0.002)  # the last tick may have been less than that millisecond ago
        await publish_moved(UUID(event["id"]))


async def read_page(api: Api, event: Json, since: str | None = None, **params: object) -> Json:
    """Read one page of the feed, the public's unless told otherwise, never from a cache.

    An answer to a request with a credential may not be shared, so no cache gives it one.
    """
    if since is not None:
        params["since"] = since
    path = f"/v1/events/{event['id']}/changes"
    response = await api.call("GET", path, api.organizer_key, params=params)
    assert response.status_code == 200, response.text
    page: Json = response.json()
    return page


async def snapshot(api: Api, event: Json, audience: str = "public") -> FeedReader:
    """Return a reader that holds all there is, read page after page and past every cache."""
    reader = FeedReader(api, event)
    more = True
    while more:
        page = await read_page(api, event, reader.cursor, audience=audience)
        reader.apply(page)
        more = page["more"]
    return reader
