"""A PostgreSQL server of our own on one directory: made, started, stopped, killed, started again.

`scripts/run` keeps its data in one; tests throw theirs away::

    cluster = start_cluster(Path(temporary), settings={"fsync": "off"})
    connect(cluster.url("postgres"))
    cluster.stop("immediate")
"""

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scripts.local.accounts import Account, unprivileged_account
from scripts.local.binaries import locate_binaries
from scripts.local.credentials import new_password, read_or_create, write_private
from scripts.local.failures import PortTaken, StartFailed
from scripts.local.initialise import ENVIRONMENT, SUPERUSER, ensure_initialised, reachable
from scripts.local.leftovers import clear_leftovers, kill_all
from scripts.local.ports import free_port, is_free
from scripts.local.processes import postmaster_pid, tethered, wait_for

StopMode = Literal["smart", "fast", "immediate"]
STOP_SIGNALS: Mapping[StopMode, signal.Signals] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_preload_libraries": "pg_stat_statements",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# Recovery after a crash replays at most max_wal_size (1 GB), on a slow disk.
START_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 60.0
LOG_LIMIT_BYTES = 16 * 2**20


@dataclass
class Cluster:
    """One server; `directory` holds PostgreSQL's files, beside its password, port and log.

    Start it from the main thread: Linux stops the server when the thread that started it ends, so
    that nothing is left running when this process is killed.
    """

    directory: Path
    account: Account | None
    binaries: Path
    password: str = field(repr=False)
    port: int
    settings: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        """Return the file that the server writes its log to."""
        return self.directory.with_name(f"{self.directory.name}.log")

    def url(
        self, database: str = "postgres", *, role: str = SUPERUSER, password: str | None = None
    ) -> str:
        """Return the database's postgresql:// address, the superuser's unless a role is named."""
        secret = self.password if password is None else password
        return f"postgresql://{role}:{secret}@127.0.0.1:{self.port}/{database}"

    def is_running(self) -> bool:
        """Tell whether the server's process exists."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the server and return when it takes connections.

        Raise `PortTaken` when somebody else has the port, `StartFailed` with PostgreSQL's own
        words when it does not come up.
        """
        clear_leftovers(self.directory, self.account)
        if not is_free(self.port):
            raise PortTaken(f"port {self.port} of 127.0.0.1 is in use, PostgreSQL cannot have it")
        log_begins = self._spawn()
        try:
            ready = wait_for(lambda: self._is_ready() or not self.is_running(), START_TIMEOUT_S)
        except BaseException:
            self.stop("fast")
            raise
        if not ready or not self.is_running():
            self.stop("immediate")
            raise StartFailed(f"PostgreSQL does not start: {self._complaint(log_begins)}")

    def _spawn(self) -> int:
        """Start the process; return where in the log its words begin."""
        _keep_small(self.log)
        options = [f"--{name}={value}" for name, value in {**SETTINGS, **self.settings}.items()]
        program = str(self.binaries / "postgres")
        with (
            open(self.log, "ab") as log,
            reachable(self.directory, self.account) as (path, descriptors),
        ):
            self.process = subprocess.Popen(
                tethered(
                    [program, "-D", path, "-p", str(self.port), *options],
                    signal.SIGINT,
                    self.account,
                ),
                pass_fds=descriptors,
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Away from the terminal's Ctrl-C: the supervisor stops it, after the server.
                start_new_session=True,
            )
            return log.tell()

    def _is_ready(self) -> bool:
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self.process is not None
            and postmaster_pid(self.directory) == self.process.pid
            and len(lines) > 7
            and lines[7].strip() == "ready"
        )

    def _complaint(self, log_begins: int) -> str:
        with open(self.log, encoding="utf-8", errors="replace") as log:
            log.seek(log_begins)
            lines = [line.strip() for line in log]
        fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
        return f"{(fatal or lines or ['it says nothing'])[-1]} (see {self.log})"

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop the server and wait until it has ended; one that takes over a minute is killed."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(STOP_SIGNALS[mode])
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """Kill every process of the server with SIGKILL, as a power cut would."""
        kill_all(self.directory, self.account)
        if self.process is not None:
            self.process.wait()

    def restart(self) -> None:
        """Stop the server if it runs, and start it on the same port."""
        self.stop("fast")
        self.start()


def start_cluster(
    data_dir: Path, *, settings: Mapping[str, str] | None = None, name: str = "postgresql"
) -> Cluster:
    """Start the server whose files are in `data_dir/name`, made first if they are missing.

    `settings` are PostgreSQL's own, by name, and win over `SETTINGS`; with fsync off the directory
    is also made without it, for data that may be lost. The caller owns `data_dir`: a server that
    runs on it is stopped first. Raise `StartFailed` when it does not come up.
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory = data_dir / name
    account = unprivileged_account(directory)
    binaries = locate_binaries(account)
    password = read_or_create(data_dir / f"{name}.password", new_password)
    chosen = dict(settings or {})
    ensure_initialised(
        directory,
        binaries=binaries,
        account=account,
        password=password,
        sync=chosen.get("fsync", "on") == "on",
    )
    cluster = Cluster(directory, account, binaries, password, 0, chosen)
    _start_on_some_port(cluster, data_dir / f"{name}.port")
    return cluster


def _start_on_some_port(cluster: Cluster, remembered: Path) -> None:
    """Start on the port of the last time, or on another when that is taken."""
    for attempt in range(5):
        try:
            port = int(remembered.read_text()) if attempt == 0 else free_port()
        except (OSError, ValueError):
            port = free_port()
        cluster.port = port
        try:
            cluster.start()
        except StartFailed:
            if attempt < 4 and not is_free(port):
                continue
            raise
        write_private(remembered, f"{port}\n")
        return


def _keep_small(log: Path) -> None:
    try:
        if log.stat().st_size > LOG_LIMIT_BYTES:
            os.replace(log, log.with_name(f"{log.name}.1"))
    except FileNotFoundError:
        return
