"""An HTTP client that is lean enough for thousands of attendees on one core of a laptop.

One connection each, kept alive, opened again when it is gone; HTTP/1.1, gzip, TLS.
"""

import asyncio
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import httptools

from scripts.rehearsal.failures import NoAnswer
from scripts.rehearsal.origin import Origin

TIMEOUT_S = 10.0
_GZIP = 31  # zlib's window bits for a gzip header


@lru_cache(maxsize=256)
def parse_json(body: bytes) -> Any:
    """Return what a body holds, None when it is no JSON. Everyone polls the same: do not change it."""
    try:
        return json.loads(body)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON, None when it holds none; shared, so not to be changed."""
        return parse_json(self.body)

    @property
    def code(self) -> str:
        """The problem's code, empty when the answer is no problem of Ovation's."""
        problem = self.json if self.status >= 400 else None
        return str(problem.get("code", "")) if isinstance(problem, dict) else ""

    @property
    def retry_after_s(self) -> float | None:
        """How long the server asks to wait, None when it does not say."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isdecimal() else None


@dataclass
class Traffic:
    """Bytes of HTTP, without TLS; connections that were opened, requests that one of them lost."""

    sent: int = 0
    received: int = 0
    connections: int = 0
    resent: int = 0


class _Connection(asyncio.Protocol):
    """One connection, with at most one request under way."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._heard = False

    @property
    def is_usable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def send(self, request: bytes) -> Answer:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._heard = False
        self._transport.write(request)
        self._traffic.sent += len(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._traffic.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("connection lost")

    def data_received(self, data: bytes) -> None:
        self._heard = True
        self._traffic.received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail("not HTTP")
            self.close()

    def _fail(self, reason: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(NoAnswer(reason, unsent=not self._heard))

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._headers = {}
        self._body.clear()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        keep = self._parser.should_keep_alive()
        headers, body = self._headers, bytes(self._body)
        if status < 200:  # 103 Early Hints, of some CDNs: the answer follows
            return
        if headers.get("content-encoding") == "gzip" and body:
            body = zlib.decompress(body, _GZIP)
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(status, headers, body))
        if not keep:
            self.close()


@dataclass
class Client:
    """One browser's connection to the deployment."""

    origin: Origin
    traffic: Traffic
    timeout_s: float = TIMEOUT_S
    _connection: _Connection | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        counts_twice: bool = False,
    ) -> Answer:
        """Return the answer; raise `NoAnswer` when none comes within `timeout_s`.

        As in a browser, a request that a connection lost before a word came back, which was idle
        before, is sent once more on a new one; not one that `counts_twice` when it is sent twice.
        """
        request = self._encode(method, path, headers, body)
        async with self._turn:
            was_open = self._connection is not None and self._connection.is_usable
            try:
                return await self._exchange(request)
            except NoAnswer as failure:
                if counts_twice or not (was_open and failure.unsent):
                    raise
                self.traffic.resent += 1
                return await self._exchange(request)

    async def _exchange(self, request: bytes) -> Answer:
        try:
            async with asyncio.timeout(self.timeout_s):
                if self._connection is None or not self._connection.is_usable:
                    self._connection = await self._connect()
                return await self._connection.send(request)
        except asyncio.CancelledError:
            self.close()  # its answer may still come, and would be taken for the next one's
            raise
        except TimeoutError:
            self.close()
            raise NoAnswer(f"none in {self.timeout_s:.0f} s") from None
        except ConnectionRefusedError:
            raise NoAnswer("connection refused") from None
        except OSError as error:  # certificates too
            raise NoAnswer(getattr(error, "verify_message", "") or "no connection") from None

    async def _connect(self) -> _Connection:
        target = self.origin.target
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: _Connection(self.traffic),
            self.origin.next_address(),
            target.port,
            ssl=self.origin.tls,
            server_hostname=target.host if self.origin.tls else None,
        )
        return connection

    def _encode(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> bytes:
        target = self.origin.target
        lines = [
            f"{method} {target.prefix}{path} HTTP/1.1",
            f"Host: {target.authority}",
            "User-Agent: ovation-rehearsal",
            "Accept-Encoding: gzip",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + (body or b"")

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
