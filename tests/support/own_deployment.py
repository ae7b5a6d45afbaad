"""A server and a PostgreSQL that it alone uses, for tests that stop, freeze or fill them."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.local.postgresql import Cluster, start_cluster
from tests.support.api import Api
from tests.support.application import migrate
from tests.support.databases import organizer_key_in
from tests.support.server import Server, running_server


@dataclass(frozen=True)
class OwnDeployment:
    """A server, its PostgreSQL, and the key of an organizer there."""

    server: Server
    cluster: Cluster
    organizer_key: str

    @property
    def database_url(self) -> str:
        """The address of the server's database."""
        return self.cluster.url("postgres")

    @asynccontextmanager
    async def api(self) -> AsyncIterator[Api]:
        """Yield the API over HTTP."""
        async with httpx.AsyncClient(base_url=self.server.base_url, timeout=30) as client:
            yield Api(client, self.organizer_key)


@asynccontextmanager
async def own_deployment(**settings: str) -> AsyncIterator[OwnDeployment]:
    """Run a deployment with these settings for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="ovation-test-") as directory:
        home = Path(directory)
        cluster = start_cluster(home, settings={"fsync": "off"})
        try:
            url = cluster.url("postgres")
            migrate(url)
            key = await organizer_key_in(url)
            with running_server(home / "server.log", DATABASE_URL=url, **settings) as server:
                yield OwnDeployment(server, cluster, key)
        finally:
            cluster.stop("immediate")
