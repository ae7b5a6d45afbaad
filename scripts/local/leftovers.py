"""End what an earlier server left behind on a data directory, so that a new one can start."""

import signal
from pathlib import Path

from scripts.local.accounts import Account
from scripts.local.failures import StartFailed
from scripts.local.processes import postgres_processes, postmaster_pid, send, wait_for


def clear_leftovers(directory: Path, account: Account | None) -> None:
    """Stop a server that still runs, end orphaned backends, remove a lock file that lies.

    The caller owns the data directory: nobody else is about to start a server on it. A lock file
    whose process id now belongs to a stranger would stop PostgreSQL for good, hence the last step.
    """
    server = postmaster_pid(directory)

    def running() -> set[int]:
        return postgres_processes(directory, account)

    def gone() -> bool:
        return not running()

    if server in running():
        # Fast shutdown: sessions are ended, everything is written.
        send({server}, signal.SIGINT)
        wait_for(gone, timeout_s=30)
    if running():  # backends of a server that was killed, or one that hangs: crash recovery follows
        send(running(), signal.SIGQUIT)
        wait_for(gone, timeout_s=2)
    if running():
        kill_all(directory, account)
    (directory / "postmaster.pid").unlink(missing_ok=True)


def kill_all(directory: Path, account: Account | None) -> None:
    """Kill every PostgreSQL process of the directory with SIGKILL, the server itself first.

    Raise `StartFailed` when one survives, which only a hung disk explains.
    """
    server = postmaster_pid(directory)

    def gone() -> bool:
        running = postgres_processes(directory, account)
        send(running & {server}, signal.SIGKILL)
        send(running, signal.SIGKILL)
        return not running

    if not wait_for(gone, timeout_s=10):
        raise StartFailed(f"PostgreSQL on {directory} does not end, not even by SIGKILL")
