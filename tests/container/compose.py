"""compose.yaml, started as on a laptop, with a port and a name of its own."""

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.checks import ROOT
from tests.container.containers import docker, image_under_test, wait_until

STAND_IN = Path(__file__).with_name("postgres")
LABEL = "org.ovation.stand-in"


@dataclass(frozen=True)
class Project:
    """What compose.yaml describes, under a name."""

    name: str
    port: int

    @property
    def url(self) -> str:
        """Return where the service listens."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str) -> str:
        """Run a command of Compose (DOCKER_COMPOSE) and return its standard output."""
        command = shlex.split(os.environ.get("DOCKER_COMPOSE", "docker compose"))
        command += ["--project-name", self.name, "--file", str(ROOT / "compose.yaml"), *arguments]
        given = {"OVATION_IMAGE": image_under_test(), "OVATION_PORT": str(self.port)}
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start everything, in the background, and return when the service is ready."""
        self.run("up", "--detach", "--no-build")
        try:
            wait_until(self._is_ready, seconds=60)
        except AssertionError:
            raise AssertionError(self.run("logs", "--no-color")) from None

    def organizer_key(self) -> str:
        """Make an organizer as the head of compose.yaml says, and return the key."""
        command = ("python", "-m", "scripts.api_keys", "--organizer", "Ada")
        found = re.search(r"ovk_\S+", self.run("exec", "--no-TTY", "service", *command))
        assert found is not None
        return found.group()

    def health(self, service: str) -> str:
        """Return what a service's health check says."""
        return self.run("ps", "--format={{.Health}}", service).strip()

    def left(self) -> list[str]:
        """Return the containers, networks and volumes that Docker has of the project."""
        which = f"--filter=label=com.docker.compose.project={self.name}"
        return [
            line
            for kind in (("ps", "--all"), ("network", "ls"), ("volume", "ls"))
            for line in docker(*kind, "--quiet", which).stdout.split()
        ]

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


def provide_database_image(image: str) -> None:
    """Have PostgreSQL's own image, or, where it can be neither found nor pulled, its stand-in."""
    found = docker(
        "image", "inspect", f'--format={{{{index .Config.Labels "{LABEL}"}}}}', image, check=False
    )
    if found.returncode == 0 and found.stdout.strip() != "postgres":
        return
    if docker("pull", "--quiet", image, check=False).returncode:
        # The older builder, since a client without BuildKit's is enough for it.
        command = ["docker", "build", "--network=host", "--tag", image, str(STAND_IN)]
        settings = {**os.environ, "DOCKER_BUILDKIT": "0"}
        done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
