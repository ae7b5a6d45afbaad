"""The API's documentation as a developer sees it: from this server alone, under its policy."""

import re

import pytest
from playwright.async_api import ConsoleMessage, Request, expect

from tests.web.conftest import OpenDevice

pytestmark = pytest.mark.browser


async def test_a_developer_reads_a_call_and_tries_it_out(device: OpenDevice) -> None:
    page = await device("/health/live", width=1200)
    page.set_default_timeout(30_000)  # a script of 1.5 MB
    complaints: list[str] = []
    hosts: set[str] = set()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def see(request: Request) -> None:
        if not request.url.startswith("data:"):
            hosts.add(request.url.split("/")[2])

    page.on("console", hear)
    page.on("request", see)
    await page.goto("/docs")
    operation = page.locator("#operations-health-get_live")
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    await expect(answer).to_contain_text('"status": "ok"', timeout=30_000)
    await expect(page.locator(".info .title")).to_contain_text(re.compile("Ovation"))
    assert complaints == []
    assert len(hosts) == 1
