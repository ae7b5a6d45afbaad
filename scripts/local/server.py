"""The HTTP server: one or more uvicorn processes that share one listening socket.

We hold the socket, so a port in use is known before anything starts, and while a process that died
is replaced, clients wait in its queue instead of being refused.
"""

import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.local.failures import PortTaken, StartFailed
from scripts.local.logs import last_lines
from scripts.local.options import ROOT
from scripts.local.patience import Patience
from scripts.local.processes import tethered, wait_for

APPLICATION = "handlers.app:app"
PROTOCOL = "shared.http.protocol:HttpProtocol"
KEEP_ALIVE_S = 75


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address, port 0 for any; the server is to listen on it.

    Raise `PortTaken` when another program has the port, `StartFailed` when the address is not ours.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Connections inherit it. uvicorn takes a descriptor for a UNIX socket's and would leave it
            # off: head and body of an answer are two writes, so each answer would wait 40 ms.
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} is in use on {host}: choose another with --port"
            ) from None
        raise StartFailed(f"cannot listen on {host} port {port}: {error.strerror}") from None
    return bound


@dataclass
class _Worker:
    process: subprocess.Popen[bytes] | None = None
    patience: Patience = field(default_factory=Patience)

    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Server:
    """The uvicorn processes behind one socket."""

    def __init__(
        self,
        listener: socket.socket,
        environment: Mapping[str, str],
        log: Path,
        *,
        workers: int,
        grace_s: int,
    ) -> None:
        """Prepare `workers` processes, which get `grace_s` seconds for requests when they stop."""
        self._listener = listener
        # uvicorn would take it as the number of processes that it is to start itself.
        self._environment = {k: v for k, v in environment.items() if k != "WEB_CONCURRENCY"}
        self._log = log
        self._grace_s = grace_s
        self._workers = [_Worker() for _ in range(workers)]

    def start(self) -> None:
        """Start every process; they take requests a second or so later."""
        for worker in self._workers:
            self._spawn(worker)

    def is_whole(self) -> bool:
        """Tell whether every process runs."""
        return all(worker.lives() for worker in self._workers)

    def pids(self) -> list[int]:
        """Return the ids of the processes that run."""
        return [worker.process.pid for worker in self._workers if worker.process and worker.lives()]

    def revive(self) -> int:
        """Start again each process that died, later and later if it keeps dying; return how many.

        Raise `StartFailed`, with the server's last words, when one dies at once time and again.
        """
        revived = 0
        for worker in self._workers:
            if worker.lives():
                continue
            if worker.process is not None:
                worker.process = None
                worker.patience.note_death()
            if worker.patience.is_over():
                words = last_lines(self._log, 5)
                raise StartFailed(
                    f"the server dies whenever it is started; its last words:\n{words}"
                )
            if worker.patience.may_start():
                self._spawn(worker)
                revived += 1
        return revived

    def _spawn(self, worker: _Worker) -> None:
        descriptor = self._listener.fileno()
        command = [sys.executable, "-m", "uvicorn", APPLICATION, "--fd", str(descriptor)]
        command += ["--loop", "uvloop", "--http", PROTOCOL, "--no-access-log"]
        # Whose X-Forwarded-For counts is the application's to decide (TRUSTED_PROXY_HOPS).
        command += [
            "--no-proxy-headers",
            "--no-server-header",
            "--timeout-keep-alive",
            str(KEEP_ALIVE_S),
        ]
        command += ["--timeout-graceful-shutdown", str(self._grace_s)]
        with open(self._log, "ab") as log:
            worker.process = subprocess.Popen(
                tethered(command, signal.SIGKILL),
                pass_fds=[descriptor],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # The terminal's Ctrl-C is for the supervisor, which stops this one in order.
                start_new_session=True,
            )
        worker.patience.note_start()

    def stop(self, is_hurried: Callable[[], bool]) -> None:
        """Take no more requests, finish those under way, end; kill what does not end in time."""
        self._listener.close()
        for worker in self._workers:
            if worker.process is not None and worker.lives():
                os.kill(worker.process.pid, signal.SIGTERM)
        wait_for(lambda: not self.pids() or is_hurried(), timeout_s=self._grace_s + 5)
        for worker in self._workers:
            if worker.process is not None:
                if worker.lives():
                    worker.process.kill()
                worker.process.wait()
