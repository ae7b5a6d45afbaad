"""One real PostgreSQL for the whole run, one ASGI client, and nothing mocked but AWS."""

import base64
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

# Settings are read when `shared` is first imported, so they come before any import of it.
os.environ["SIGNING_KEYS"] = (
    '{"current": "test", "keys": {"test": "' + base64.b64encode(b"t" * 32).decode() + '"}}'
)
os.environ.setdefault("DATABASE_POOL_SIZE", "8")

# A shell that runs the tests in the background lets them, and whatever they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import httpx
import pytest

from scripts.local.postgresql import Cluster, start_cluster
from tests.support.api import Api
from tests.support.application import migrate, new_organizer_key


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A throw-away PostgreSQL server."""
    with tempfile.TemporaryDirectory(prefix="ovation-test-") as directory:
        running = start_cluster(Path(directory) / "postgresql", settings={"fsync": "off"})
        try:
            yield running
        finally:
            running.stop("immediate")


@pytest.fixture(scope="session")
def database_url(cluster: Cluster) -> str:
    """A migrated database, which the process's settings name."""
    url = cluster.url("postgres")
    os.environ["DATABASE_URL"] = url
    from shared.settings import get_settings

    get_settings.cache_clear()
    migrate(url)
    return url


@pytest.fixture(scope="session")
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, without a socket."""
    from handlers.app import app
    from shared.db.engines import close_database
    from shared.db.group_commit import drain_queues

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://ovation.test"
    ) as open_client:
        yield open_client
    await drain_queues()
    await close_database()


@pytest.fixture(scope="session")
async def organizer_key(database_url: str, client: httpx.AsyncClient) -> str:
    """The API key of an organizer."""
    return await new_organizer_key("Test organizer")


@pytest.fixture
def api(client: httpx.AsyncClient, organizer_key: str) -> Api:
    """The calls of the wire contract, as short as a test wants them."""
    return Api(client, organizer_key)
