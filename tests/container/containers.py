"""Containers of the image under test, confined as in production."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from scripts.local.ports import free_port

# Nothing may be written but /tmp, nothing gained, nothing kept: what ECS and compose.yaml ask too. The host's
# network, since the tests' PostgreSQL listens on the loopback.
CONFINED = (
    "--network=host",
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=512m",
)


def docker(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the Docker client and return what it said; raise when it fails, unless told not to."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"docker {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done


def run_once(
    image: str, *command: str, environment: Mapping[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run one command in a new container and return what came of it."""
    options = (*CONFINED, *environment_options(environment or {}))
    return docker("run", "--rm", *options, image, *command, check=check)


@dataclass(frozen=True)
class Container:
    """A server that runs in a container."""

    id: str
    port: int
    scheme: str = "http"

    def get(self, path: str) -> httpx.Response:
        """Send a GET request to the server, whoever signed its certificate."""
        address = f"{self.scheme}://127.0.0.1:{self.port}{path}"
        return httpx.get(address, timeout=10, verify=False)  # nosec B501: as the load balancer does

    def run(self, *command: str) -> str:
        """Run a command in the container and return its standard output."""
        return docker("exec", self.id, *command).stdout

    def state(self) -> dict[str, object]:
        """Return what Docker knows of the container's process."""
        state: dict[str, object] = json.loads(
            docker("inspect", "--format={{json .State}}", self.id).stdout
        )
        return state

    def logs(self) -> str:
        """Return what the server wrote."""
        done = docker("logs", self.id)
        return done.stdout + done.stderr

    def wait_until_live(self) -> None:
        """Return when the server answers; raise with its log when it ended instead."""
        wait_until(lambda: self._answers() or not self.state()["Running"], seconds=30)
        assert self.state()["Running"], self.logs()

    def _answers(self) -> bool:
        try:
            return self.get("/health/live").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def serve(
    image: str,
    environment: Mapping[str, str],
    *,
    options: Sequence[str] = (),
    command: Sequence[str] = (),
) -> Iterator[Container]:
    """Run the image's default command, or another, on a free port until the block ends.

    The server speaks TLS where `environment` names a certificate, as uvicorn does.
    """
    port = free_port()
    given = environment_options(
        {**environment, "UVICORN_HOST": "127.0.0.1", "UVICORN_PORT": str(port)}
    )
    started = docker("run", "--detach", *CONFINED, *options, *given, image, *command)
    scheme = "https" if "UVICORN_SSL_CERTFILE" in environment else "http"
    container = Container(started.stdout.strip(), port, scheme)
    try:
        container.wait_until_live()
        yield container
    finally:
        docker("rm", "--force", container.id)


def wait_until(reached: Callable[[], bool], *, seconds: float) -> None:
    """Return when `reached()` is true; raise when it is not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"not reached in {seconds} s"
        time.sleep(0.1)


def image_under_test() -> str:
    """Return the name of the image, which whoever built it has put into OVATION_IMAGE."""
    return os.environ["OVATION_IMAGE"]


def environment_options(values: Mapping[str, str]) -> list[str]:
    """Return the options that give a container these variables."""
    return [option for name in values for option in ("--env", f"{name}={values[name]}")]
