"""Many HTTP clients in one process: connections that are kept alive, and little else."""

import asyncio
import gc
import json
import random
import resource
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

Result = TypeVar("Result")

# Linux's <linux/in.h>; Python has no name for it in 3.11.
_BIND_ADDRESS_NO_PORT = 24
# Everyone of a crowd begins within so long.
_BEGIN_WITHIN_S = 2.0
# By then, each has polled once.
SETTLED_S = _BEGIN_WITHIN_S + 0.5
# As many as come in while something else is measured.
VOTES_PER_S = 20

# Fewer than wait to be accepted at a time.
_AT_ONCE = 64

# What a process opens beside its connections to the server.
_OTHER_FILES = 200


def allow_many_connections(count: int) -> int:
    """Let this process and those that it starts open that many sockets; return how many they may.

    That is fewer where the system's hard limit is lower and we may not raise it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _OTHER_FILES
    for limits in ((wanted, max(wanted, hard)), (min(wanted, hard), hard)):
        if soft >= wanted:
            break
        with suppress(ValueError, PermissionError):
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
            soft = limits[0]
    return min(count, soft - _OTHER_FILES)


class Connection(asyncio.Protocol):
    """One connection that sends prepared requests and waits for each answer."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail whoever waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Complete the answer once its body is there."""
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or self._answer is None:
            return
        marker = b"content-length: "
        at = head.lower().find(marker)
        length = int(head[at + len(marker) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) >= length:
            self._buffer = body[length:]
            if not self._answer.done():
                self._answer.set_result((int(head[9:12]), body[:length]))

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer; raise `ConnectionError` when none can come."""
        assert self._transport is not None
        if self._transport.is_closing():
            raise ConnectionError("the server closed the connection")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()


async def connect(port: int, *, number: int = 0) -> Connection:
    """Open the `number`th connection: each 10,000 from another address of ours, as one has 28,000 ports."""
    loop = asyncio.get_running_loop()
    made = socket.socket()
    try:
        made.setblocking(False)
        if sys.platform == "linux":
            # Else binding looks for a port that nobody uses at all, among thousands that somebody does.
            made.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
        made.bind((f"127.0.0.{2 + number // 10_000}", 0))
        await loop.sock_connect(made, ("127.0.0.1", port))
        _, connection = await loop.create_connection(Connection, sock=made)
    except BaseException:
        made.close()
        raise
    return connection


def in_groups(count: int, *, first: int = 0) -> Iterator[range]:
    """Yield the numbers of connections from `first` to `count`, in groups to be opened together."""
    for begin in range(first, count, _AT_ONCE):
        yield range(begin, min(count, begin + _AT_ONCE))


def run_clients(work: Coroutine[Any, Any, Result]) -> Result:
    """Run clients on an event loop of their own, without collections of garbage.

    One collection of all their requests takes 50 to 300 ms: what the slowest hundredth would show then
    is the load's own pause.
    """
    gc.collect()
    gc.disable()
    try:
        return asyncio.run(work)
    finally:
        gc.enable()


def get_request(path: str) -> bytes:
    """Return the bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def vote_request(poll: dict[str, Any], token: str, option: int) -> bytes:
    """Return the bytes of a vote for one option."""
    return ballot_request(poll, token, {"option_ids": [poll["options"][option]["id"]]})


def ballot_request(poll: dict[str, Any], token: str, ballot: dict[str, Any]) -> bytes:
    """Return the bytes of a vote of any kind."""
    body = json.dumps(ballot)
    return (
        f"PUT /v1/polls/{poll['id']}/vote HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


@dataclass
class Crowd:
    """Pollers of one event, each following its own cursor, as the web client does."""

    port: int
    path: str
    size: int
    answered: int = 0
    failed: int = 0
    _connections: list[Connection] = field(default_factory=list)
    _pollers: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> "Crowd":
        """Connect everyone, a few at a time, and let them poll."""
        for numbers in in_groups(self.size):
            opened = await asyncio.gather(*(connect(self.port, number=n) for n in numbers))
            self._connections += opened
            self._pollers += [asyncio.create_task(self._poll(each)) for each in opened]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let everyone go."""
        for poller in self._pollers:
            poller.cancel()
        await asyncio.gather(*self._pollers, return_exceptions=True)
        for connection in self._connections:
            connection.close()

    async def _poll(self, connection: Connection) -> None:
        cursor = ""
        await asyncio.sleep(random.uniform(0, _BEGIN_WITHIN_S))  # nosec B311  # no secret
        while True:
            since = f"?since={cursor}" if cursor else ""
            status, body = await connection.send(get_request(self.path + since))
            if status != 200:
                self.failed += 1
                await asyncio.sleep(2)
                continue
            self.answered += 1
            page = json.loads(body)
            cursor = page["cursor"]
            jitter = random.uniform(1, 1.25)  # nosec B311  # no secret
            await asyncio.sleep(page["poll_after_ms"] / 1000 * jitter)


async def vote_steadily(
    port: int, poll: dict[str, Any], tokens: list[str], *, until: Callable[[], bool]
) -> int:
    """Cast `VOTES_PER_S` votes of new participants, and return how many were acknowledged."""
    connection = await connect(port)
    acknowledged = 0
    try:
        for number, token in enumerate(tokens):
            if until():
                break
            started = time.perf_counter()
            status, _ = await connection.send(vote_request(poll, token, number % 4))
            acknowledged += status == 200
            await asyncio.sleep(max(0.0, 1 / VOTES_PER_S - (time.perf_counter() - started)))
    finally:
        connection.close()
    return acknowledged
