"""The application in a process of its own, behind a real socket, as a deployment runs it.

::

    with running_server(tmp_path / "server.log", DATABASE_URL=url) as server:
        httpx.get(f"{server.base_url}/health/live")
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.local.ports import free_port
from scripts.local.processes import tethered, wait_for
from scripts.local.server import APPLICATION, PROTOCOL
from shared.settings import Settings
from tests.support.application import ROOT

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
LIVE, READY = "/health/live", "/health/ready"
UVICORN = (
    "-m",
    "uvicorn",
    APPLICATION,
    "--http",
    PROTOCOL,
    "--no-access-log",
    "--no-server-header",
    # As everywhere: uvicorn's own would stand around the application, and hide its short ways.
    "--no-proxy-headers",
)


@dataclass
class Server:
    """One server process; everything that it says goes to `log`."""

    process: subprocess.Popen[bytes]
    base_url: str
    log: Path

    def text(self) -> str:
        """Return all that the process wrote so far, to standard output and standard error."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def answers(self, path: str) -> bool:
        """Tell whether a GET of this path is answered by 200 now."""
        try:
            return httpx.get(self.base_url + path, timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def wait_until(self, path: str, *, timeout_s: float = START_TIMEOUT_S) -> None:
        """Return when a GET of the path answers 200; raise `TimeoutError` with the log if it never does."""
        if not wait_for(lambda: self.has_ended() or self.answers(path), timeout_s, step_s=0.1):
            raise TimeoutError(f"{path} is not 200 after {timeout_s} s:\n{self.text()}")
        if self.has_ended():
            raise RuntimeError(f"the server ended by itself:\n{self.text()}")

    def has_ended(self) -> bool:
        """Tell whether the process is gone."""
        return self.process.poll() is not None

    def stop(self) -> int:
        """Ask the process to stop as ECS does, and return its exit status."""
        if not self.has_ended():
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """End the process at once, as a crash would."""
        self.process.kill()
        self.process.wait()


def server_environment(**variables: str) -> dict[str, str]:
    """Return this process's environment with `variables` as the only settings, but for signing keys."""
    known = {name.upper() for name in Settings.model_fields} - {"SIGNING_KEYS"}
    kept = {name: value for name, value in os.environ.items() if name not in known}
    return {**kept, "PYTHONUNBUFFERED": "1", **variables}


def start_server(
    log: Path, *, until: str = READY, command: Sequence[str] = UVICORN, **variables: str
) -> Server:
    """Start a server with these environment variables, and return it when a GET of `until` is 200.

    Call it from the main thread: the process ends with the thread that started it.
    """
    port = free_port()
    with open(log, "ab") as output:
        process = subprocess.Popen(
            tethered([sys.executable, *command, "--port", str(port)], signal.SIGKILL),
            cwd=ROOT,
            env=server_environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    server = Server(process, f"http://127.0.0.1:{port}", log)
    try:
        server.wait_until(until)
    except BaseException:
        server.kill()
        raise
    return server


@contextmanager
def running_server(log: Path, *, until: str = READY, **variables: str) -> Iterator[Server]:
    """Run a server for as long as the context lasts."""
    server = start_server(log, until=until, **variables)
    try:
        yield server
    finally:
        server.stop()
