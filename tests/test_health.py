"""Health: what is away is named, and what comes back is used again without a restart."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.local.ports import free_port
from scripts.local.postgresql import Cluster
from shared.db.revision import SCHEMA_REVISION
from tests.support.application import migrate
from tests.support.databases import fresh_database, run_sql
from tests.support.problems import check_problem
from tests.support.server import LIVE, READY, Server, running_server
from tests.support.settings import changed_settings

OK = {"database": "ok", "migrations": "ok", "secrets": "ok"}
UNMIGRATED = OK | {"migrations": "failed"}


def ready(server: Server) -> httpx.Response:
    return httpx.get(server.base_url + READY, timeout=10)


def check_not_ready(response: httpx.Response, checks: dict[str, str]) -> None:
    """Assert that the response is the problem of a service that is not ready, for these reasons."""
    assert check_problem(response, 503, "not_ready")["checks"] == checks


async def test_a_process_that_answers_is_live(client: httpx.AsyncClient) -> None:
    response = await client.get(LIVE)
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "load_step": 0}


async def test_a_service_with_all_that_it_needs_is_ready(client: httpx.AsyncClient) -> None:
    response = await client.get(READY)
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": OK}
    assert response.headers["cache-control"] == "no-store"


async def test_without_signing_keys_the_service_is_not_ready(client: httpx.AsyncClient) -> None:
    with changed_settings(signing_keys='{"current": "a", "keys": {}}'):
        check_not_ready(await client.get(READY), OK | {"secrets": "failed"})
    assert (await client.get(READY)).status_code == 200


def test_with_a_wrong_address_of_the_database_the_process_is_live_but_not_ready(
    tmp_path: Path,
) -> None:
    nowhere = f"postgresql://ovation:hidden-password@127.0.0.1:{free_port()}/ovation"
    with running_server(tmp_path / "log", until=LIVE, DATABASE_URL=nowhere) as server:
        check_not_ready(ready(server), OK | {"database": "failed", "migrations": "failed"})
        assert server.stop() in (0, -15)
        assert "hidden-password" not in server.text()
        assert "Traceback" not in server.text()


@pytest.fixture
def server_on_an_empty_database(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Server, str]]:
    with fresh_database(cluster) as url:
        with running_server(tmp_path / "log", until=LIVE, DATABASE_URL=url) as server:
            yield server, url


def test_a_service_is_ready_from_the_migration_on_that_its_code_needs(
    server_on_an_empty_database: tuple[Server, str],
) -> None:
    server, url = server_on_an_empty_database
    check_not_ready(ready(server), UNMIGRATED)
    migrate(url, "stamp", "base")
    check_not_ready(ready(server), UNMIGRATED)
    migrate(url)
    assert ready(server).json() == {"status": "ok", "checks": OK}

    for other, status in (("0000", 503), ("9999", 200), (SCHEMA_REVISION, 200)):
        run_sql(url, f"UPDATE alembic_version SET version_num = '{other}'")
        assert ready(server).status_code == status, other
