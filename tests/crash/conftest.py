"""One deployment for all crash tests: each must leave it as able as it was."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.local.ports import free_port
from tests.crash.deployment import Deployment, deployed


@pytest.fixture(scope="package")
def running() -> Iterator[Deployment]:
    """The deployment."""
    with tempfile.TemporaryDirectory(prefix="ovation-crash-") as directory:
        with deployed(Path(directory) / "home", free_port()) as deployment:
            yield deployment


@pytest.fixture
def deployment(running: Deployment) -> Deployment:
    """The deployment, whole again after whatever the last test did to it."""
    if not running.cluster.is_running():
        running.cluster.start()
    running.server.revive()
    running.wait_until_ready()
    return running
