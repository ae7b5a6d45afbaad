"""One deployment for all rehearsals, whose audience polls more often than in earnest."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.local.postgresql import Cluster
from tests.rehearsal.rehearsing import Deployment
from tests.support.databases import migrated_database, organizer_key_in
from tests.support.server import running_server

QUICK = {"POLL_AFTER_MS": "300", "TICK_INTERVAL_MS": "100"}


@pytest.fixture(scope="package")
def deployment(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A server with a database and an organizer of its own."""
    with migrated_database(cluster) as url:
        key = asyncio.run(organizer_key_in(url))
        log: Path = tmp_path_factory.mktemp("rehearsal") / "server.log"
        with running_server(log, DATABASE_URL=url, **QUICK) as server:
            yield Deployment(server.base_url, key, url)
