"""Find, wait for and end the processes of a data directory, also those that nobody waits for."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

from scripts.local.accounts import Account

LAUNCHER = Path(__file__).with_name("launch.py")


def tethered(
    command: Sequence[str], number: signal.Signals, account: Account | None = None
) -> list[str]:
    """Return the command so that it gets `number` when we die, and runs as the account.

    The kernel means the thread that starts it: that had better be the main thread.
    """
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    launch = (sys.executable, "-I", "-S", LAUNCHER, int(number), os.getpid(), uid, gid)
    return [*map(str, launch), *command]


def postgres_processes(directory: Path, account: Account | None) -> set[int]:
    """Return the ids of the running PostgreSQL processes that work in this data directory.

    Every PostgreSQL process stands in its data directory, which tells it from a stranger that got
    the id of a dead one. The look-up happens as the account that the server runs as: in a
    container root may not inspect the processes of others.
    """
    if not directory.is_dir():
        return set()
    wanted = directory.stat()
    with account.impersonated() if account else nullcontext():
        if not Path("/proc/self/cwd").exists():
            return _from_postmaster_pid(directory)
        return {
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and _works_in(entry, wanted)
        }


def _works_in(process: Path, directory: os.stat_result) -> bool:
    try:
        if (process / "comm").read_text() != "postgres\n":
            return False
        return os.path.samestat((process / "cwd").stat(), directory)
    except OSError:  # gone meanwhile, a zombie, or somebody else's
        return False


def _from_postmaster_pid(directory: Path) -> set[int]:
    pid = postmaster_pid(directory)
    if pid is None:
        return set()
    shown = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True)
    return {pid} if os.path.basename(shown.stdout.strip()) == "postgres" else set()


def postmaster_pid(directory: Path) -> int | None:
    """Return the process id that the data directory's lock file names, None without one."""
    try:
        return int((directory / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each process that still exists."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wait_for(condition: Callable[[], bool], timeout_s: float, step_s: float = 0.02) -> bool:
    """Return whether the condition came true within the time, asking every `step_s` seconds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step_s)
    return True
