"""Several workers on one database, as a deployment has them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack

import httpx
import pytest

from tests.support.api import Api
from tests.support.server import Server, running_server


@pytest.fixture(scope="session")
def servers(
    database_url: str, organizer_key: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Server]]:
    """Two processes that serve the run's database."""
    logs = tmp_path_factory.mktemp("workers")
    with ExitStack() as running:
        yield [
            running.enter_context(running_server(logs / f"{number}.log", DATABASE_URL=database_url))
            for number in range(2)
        ]


@pytest.fixture
async def workers(api: Api, servers: list[Server]) -> AsyncIterator[list[Api]]:
    """The application three times: in this process, and in two others."""
    async with AsyncExitStack() as open_clients:
        clients = [
            await open_clients.enter_async_context(
                httpx.AsyncClient(base_url=server.base_url, timeout=30)
            )
            for server in servers
        ]
        yield [api, *(Api(client, api.organizer_key) for client in clients)]
