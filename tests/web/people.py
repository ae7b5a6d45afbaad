"""People at their devices: what each of them does first."""

from playwright.async_api import Page, Route, expect

from tests.support.api import Api, Json
from tests.web.conftest import OpenDevice


async def join_on(device: OpenDevice, event: Json, name: str = "", **options: int) -> Page:
    """Open the join link on a phone and join."""
    page = await device(f"/?code={event['join_code'].lower()}", **options)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("heading", name=event["title"])).to_be_visible()
    return page


async def host_on(device: OpenDevice, api: Api, event: Json, **options: int) -> Page:
    """Open the link of a new host of the event."""
    token = await api.add_member(event, "host")
    return await device(f"/#host={event['id']}:{token}", **options)


async def lose_first_answer(page: Page, pattern: str) -> list[int]:
    """Let the first request reach the service and lose its answer; return the statuses, as they come."""
    reached: list[int] = []

    async def pass_on(route: Route) -> None:
        answer = await route.fetch()
        reached.append(answer.status)
        await (route.abort() if len(reached) == 1 else route.fulfill(response=answer))

    await page.route(pattern, pass_on)
    return reached
