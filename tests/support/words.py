"""Two endpoints, one of them with a short way, and a connection to a server of both."""

import asyncio
import re
from typing import Any, Literal
from uuid import UUID

from starlette.types import Receive, Scope, Send

from shared.errors import Forbidden
from shared.http.app import build_app
from shared.http.endpoint import endpoint_router
from shared.schemas import Request, Response
from tests.support.log_lines import Line, json_lines
from tests.support.origin import settle
from tests.support.served import HOST, served

THING = "0197f6a0-c0de-7000-8000-000000000001"
PATH = f"/v1/things/{THING}/words"
JSON = b"Content-Type: application/json\r\n"
TIMEOUT_S = 1

router = endpoint_router("test")
other = endpoint_router("test")


class Word(Request):
    """What is said of a thing."""

    word: str


class Said(Response):
    """What was said."""

    thing_id: UUID
    word: str


class Stage:
    """What the endpoint does with a word, for the test to change."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.heard: list[str] = []
        self.gate: asyncio.Event | None = None
        self.is_stuck = False


stage = Stage()


@router.put("/v1/things/{thing_id}/words", status_code=201)
async def say(thing_id: UUID, request: Word) -> Said:
    """Hear a word, as the stage wants it."""
    if request.word == "fail":
        raise RuntimeError("Marker")
    if request.word == "no":
        raise Forbidden("That is no word.")
    try:
        if stage.gate is not None:
            await stage.gate.wait()
    except asyncio.CancelledError:
        if not stage.is_stuck:
            raise
        await asyncio.sleep(TIMEOUT_S)
    if request.word == "fail late":
        raise RuntimeError("Marker")
    stage.heard.append(request.word)
    return Said(thing_id=thing_id, word=request.word)


@other.get("/v1/others")
async def find_other() -> Said:
    """Return something of an endpoint without a short way."""
    return Said(thing_id=UUID(THING), word="other")


def put(
    body: bytes = b'{"word": "yes"}', *lines: bytes, path: str = PATH, kind: bytes = JSON
) -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    head = b"PUT %b HTTP/1.1\r\n" % path.encode() + HOST + kind + length + b"".join(lines)
    return head + b"\r\n" + body


def statuses(written: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", written)]


def logged_of(connection: "Connection", output: str) -> list[Line]:
    """Return the access lines of what the server wrote on a connection, in that order."""
    ids = re.findall(rb"x-request-id: ([0-9a-f]{32})", connection.wire.written)
    lines = {line["request_id"]: line for line in json_lines(output) if "status" in line}
    return [lines[identifier.decode()] for identifier in ids]


class Connection:
    """A connection to a server of the two endpoints; `calls` counts what the application was called for."""

    def __init__(self, way: Literal["whole", "by messages", "routed"] = "whole") -> None:
        self.calls = 0
        app: Any = build_app([router, other], direct=() if way == "routed" else [router])
        connection = self

        class Counted:
            if way == "whole":
                give_answer = staticmethod(app.give_answer)

            async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
                connection.calls += 1
                await app(scope, receive, send)

        self.protocol, self.wire = served(Counted())

    async def answers(self, *packets: bytes) -> bytes:
        """Send packets, one after the other, and return what the server wrote in the end."""
        before = len(self.wire.written)
        for packet in packets:
            self.protocol.data_received(packet)
            await settle()
        return self.wire.written[before:]

    async def end(self) -> None:
        """Hang up, and wait until the server is done."""
        self.protocol.connection_lost(None)
        await asyncio.gather(*self.protocol.tasks, return_exceptions=True)
