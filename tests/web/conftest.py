"""A real Chromium in front of a real server, for the tests marked `browser`.

They are left out unless asked for: `scripts/test -m browser`, on a machine with Chromium at
/usr/bin/chromium, or where the environment variable CHROMIUM says.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.support.server import Server, running_server

# What a person waits at most: a poll of 2 s with its jitter, a tick, and a slow machine.
PATIENCE_MS = 6_000

OpenDevice = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application behind a socket, on the database that `api` writes to."""
    log = tmp_path_factory.mktemp("web") / "server.log"
    with running_server(log, DATABASE_URL=database_url) as started:
        yield started


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium with a fresh profile."""
    path = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    async with async_playwright() as playwright:
        # Containers run as root, where Chromium's own sandbox does not start.
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def device(chromium: Browser, server: Server) -> AsyncIterator[OpenDevice]:
    """Return what opens a path on a new device; no page may have raised an error by the end."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    async def open_device(path: str, *, width: int = 390, height: int = 844) -> Page:
        context = await chromium.new_context(
            base_url=server.base_url,
            viewport={"width": width, "height": height},
            has_touch=width < 860,
            is_mobile=width < 860,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
        await page.goto(path)
        return page

    yield open_device
    for context in contexts:
        await context.close()
    assert errors == []
