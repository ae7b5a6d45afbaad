"""compose.yaml starts the service with its database, and keeps what was written."""

import os
from collections.abc import Iterator

import httpx
import pytest
from ruamel.yaml import YAML

from scripts.checks import ROOT
from scripts.local.ports import free_port
from tests.container.compose import Project, provide_database_image
from tests.container.containers import wait_until
from tests.support.api import Api

pytestmark = pytest.mark.container


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    """The project, started, and brought down with its data in the end."""
    described = YAML(typ="safe").load(ROOT / "compose.yaml")
    provide_database_image(described["services"]["database"]["image"])
    project = Project(f"ovation-test-{os.getpid()}", free_port())
    try:
        project.start()
        yield project
    finally:
        project.run("down", "--volumes", "--timeout", "20")
    assert project.left() == []


async def test_a_vote_is_counted_and_outlives_the_containers(project: Project) -> None:
    key = project.organizer_key()
    async with httpx.AsyncClient(base_url=project.url, timeout=20) as client:
        api = Api(client, key)
        event = await api.make_event()
        poll, grace = await api.make_poll(event), await api.join(event)
        assert (await api.vote(grace, poll, 2)).status_code == 200
        assert [tally["votes"] for tally in (await api.results(poll))["tallies"]] == [0, 0, 1]
    project.run("down")
    project.start()
    async with httpx.AsyncClient(base_url=project.url, timeout=20) as client:
        results = await Api(client, key).results(poll)
    assert [tally["votes"] for tally in results["tallies"]] == [0, 0, 1]


def test_the_service_runs_confined_and_the_migration_has_ended_well(project: Project) -> None:
    wait_until(lambda: project.health("service") == "healthy", seconds=30)
    assert project.health("database") == "healthy"
    code = "open('/app/file', 'w')"
    command = f'python -c "{code}" 2>&1 || id -u'
    said = project.run("exec", "--no-TTY", "service", "sh", "-c", command)
    assert "Read-only file system" in said
    assert said.split()[-1] == "10001"
    ended = project.run("ps", "--all", "--format={{.Service}} {{.ExitCode}}", "migrate").split()
    assert ended == ["migrate", "0"]
