"""The image migrates an empty PostgreSQL, and serves from it."""

import os
import re
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from scripts.local.postgresql import Cluster
from tests.container.containers import Container, image_under_test, run_once, serve

pytestmark = pytest.mark.container


@pytest.fixture(scope="module")
def settings(cluster: Cluster) -> dict[str, str]:
    """The environment of a container whose database is new and empty."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE of_the_image")
    return {
        "DATABASE_URL": cluster.url("of_the_image"),
        "SIGNING_KEYS": os.environ["SIGNING_KEYS"],
    }


@pytest.fixture(scope="module")
def container(settings: dict[str, str]) -> Iterator[Container]:
    """Two processes of the image on a database that the image migrated."""
    image = image_under_test()
    run_once(image, "python", "-m", "migrations", "upgrade", environment=settings)
    with serve(image, {**settings, "WEB_CONCURRENCY": "2"}) as running:
        yield running


def test_a_migrated_server_is_ready(container: Container) -> None:
    answer = container.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok"), container.logs()


def test_the_image_makes_the_first_key_and_its_holder_makes_an_event(container: Container) -> None:
    printed = container.run("python", "-m", "scripts.api_keys", "--organizer", "Ada")
    key = re.search(r"ovk_\S+", printed)
    assert key, printed
    answer = httpx.post(
        f"http://127.0.0.1:{container.port}/v1/events",
        json={"title": "Keynote"},
        headers={"Authorization": f"Bearer {key.group()}"},
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "draft"


def test_the_built_in_page_is_in_the_image(container: Container) -> None:
    assert container.get("/").status_code == 200


def test_migrating_again_changes_nothing(container: Container, settings: dict[str, str]) -> None:
    again = run_once(
        image_under_test(), "python", "-m", "migrations", "upgrade", environment=settings
    )
    assert "Running upgrade" not in again.stdout + again.stderr
    assert container.get("/health/ready").status_code == 200
