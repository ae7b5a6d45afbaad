"""Start `scripts/run` as a person would, and look at what it left."""

import itertools
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from scripts.local.accounts import unprivileged_account
from scripts.local.ports import free_port
from scripts.local.processes import postgres_processes, wait_for

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 90.0
_STARTS = itertools.count()


@dataclass
class Running:
    """One `scripts/run`, its data directory and its ready file."""

    process: subprocess.Popen[str]
    data_dir: Path
    ready_file: Path

    def ready(self) -> dict[str, Any]:
        """Wait for the ready file and return what it says."""
        wait_for(
            lambda: self.ready_file.exists() or self.process.poll() is not None, START_TIMEOUT_S
        )
        if not self.ready_file.exists():
            self.process.kill()
            raise AssertionError(self.process.communicate())
        return cast(dict[str, Any], json.loads(self.ready_file.read_text()))

    def server_pids(self) -> set[int]:
        """Return the ids of its uvicorn processes."""
        return {pid for pid in children(self.process.pid) if "uvicorn" in command_line(pid)}

    def postgres_pids(self) -> set[int]:
        """Return the ids of its PostgreSQL processes."""
        directory = self.data_dir / "postgresql"
        return postgres_processes(directory, unprivileged_account(directory))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[str, str, int]:
        """Send a signal and return what it printed on both outputs, and its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=60)
        return output, errors, self.process.returncode


def start(
    data_dir: Path, *arguments: str, port: int | None = None, env: dict[str, str] | None = None
) -> Running:
    """Start it from another directory than the checkout; `env` adds to a clean environment."""
    ready_file = data_dir.with_name(f"{data_dir.name}-{next(_STARTS)}.json")
    command = [sys.executable, str(ROOT / "scripts" / "run"), "--data-dir", str(data_dir)]
    command += ["--ready-file", str(ready_file), "--port", str(port or free_port()), *arguments]
    process = subprocess.Popen(
        command,
        cwd="/",
        env={**clean_environment(), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Running(process, data_dir, ready_file)


def clean_environment() -> dict[str, str]:
    """Return our environment without what tells the application where its database is."""
    ours = ("DATABASE_URL", "DATABASE_POOL_SIZE", "SIGNING_KEYS", "WEB_CONCURRENCY")
    return {name: value for name, value in os.environ.items() if name not in ours}


def refused(running: Running) -> str:
    """Return the one line with which it refused to start; fail when it did anything else."""
    output, errors = running.process.communicate(timeout=60)
    assert running.process.returncode in (1, 2), (output, errors)
    assert "Traceback" not in errors + output
    assert not running.ready_file.exists()
    lines = errors.strip().splitlines()
    assert len(lines) == 1, errors
    return lines[0]


def call(
    ready: dict[str, Any], method: str, path: str, token: str = "", body: Any = None
) -> tuple[int, Any]:
    """Make one request and return status and JSON."""
    request = urllib.request.Request(f"{ready['base_url']}{path}", method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def is_ready(ready: dict[str, Any]) -> bool:
    """Tell whether requests are served."""
    try:
        return call(ready, "GET", "/health/ready")[0] == 200
    except OSError:
        return False


def children(pid: int) -> set[int]:
    """Return the ids of a process's children."""
    shown = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = (line.split() for line in shown.splitlines())
    return {int(child) for child, parent in pairs if int(parent) == pid}


def command_line(pid: int) -> str:
    """Return the command of a process, empty when it is gone."""
    return subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True
    ).stdout
