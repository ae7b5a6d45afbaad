"""Requests as bytes on the wire: what the server refuses itself, and before all has arrived."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from shared.http.protocol import HttpProtocol
from tests.support.log_lines import access_lines
from tests.support.problems import check_problem
from tests.support.protection import check_protected
from tests.support.server import LIVE, Server, running_server
from tests.support.wire import Wire, connected, has_ended, read_answer

NOWHERE = "postgresql://nobody:nothing@127.0.0.1:1/nowhere"

HOST = b"Host: ovation.test\r\n"
JOIN = b"POST /v1/join HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
MALFORMED = {
    "an unknown method": b"FOO /v1/events HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method in small letters": b"get /v1/events HTTP/1.1\r\n" + HOST + b"\r\n",
    "no method": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another protocol": b"GET /v1/events SPDY/3\r\n" + HOST + b"\r\n",
    "an endless path": b"GET /" + b"x" * 66_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "raw UTF-8 in the path": "GET /v1/é HTTP/1.1\r\n".encode() + HOST + b"\r\n",
    "no path": b"GET HTTP/1.1\r\n" + HOST + b"\r\n",
    "a space in a header's name": b"GET / HTTP/1.1\r\n" + HOST + b"X Y: 1\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: \x00\r\n\r\n",
    "a negative length": JOIN + b"Content-Length: -5\r\n\r\n",
    "a length that is none": JOIN + b"Content-Length: five\r\n\r\n",
    "two lengths": JOIN + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length beyond all numbers": JOIN + b"Content-Length: 99999999999999999999\r\n\r\n",
    "a length and chunks": JOIN
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a chunk without a length": JOIN + b"Transfer-Encoding: chunked\r\n\r\nMarker\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without a database: nothing here gets that far."""
    log = tmp_path_factory.mktemp("server") / "log"
    with running_server(log, until=LIVE, DATABASE_URL=NOWHERE) as started:
        yield started


@pytest.mark.parametrize("name", MALFORMED)
def test_bytes_that_are_no_request_get_a_problem_and_the_connection_ends(
    server: Server, name: str
) -> None:
    with connected(server.base_url) as connection:
        connection.sendall(MALFORMED[name])
        answer = read_answer(connection)
        assert has_ended(connection)
    check_problem(answer, 400, "bad_request")
    check_protected(answer)
    assert answer.headers["connection"] == "close"
    assert "date" in answer.headers
    assert "server" not in answer.headers
    assert "Marker" not in answer.text


def test_what_is_refused_has_its_line_with_the_id_and_none_of_the_bytes(server: Server) -> None:
    with connected(server.base_url) as connection:
        connection.sendall(b"MARKER /Marker HTTP/1.1\r\n\r\n")
        answer = read_answer(connection)
    (line,) = access_lines(server, request_id=answer.headers["x-request-id"])
    expected = {"status": 400, "method": "unknown", "route": "unknown", "operation": "unknown"}
    assert expected.items() <= line.items()
    assert "marker" not in server.text().lower()


def test_a_request_before_it_is_answered_as_ever(server: Server) -> None:
    with connected(server.base_url) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(connection).status_code == 200
        connection.sendall(MALFORMED["an unknown method"])
        check_problem(read_answer(connection), 400, "bad_request")


@pytest.mark.parametrize("body", [b"", b"{" + b" " * 99])
@pytest.mark.parametrize("expecting", [b"", b"Expect: 100-continue\r\n"])
def test_a_body_announced_over_the_limit_is_413_at_once(
    server: Server, body: bytes, expecting: bytes
) -> None:
    with connected(server.base_url) as connection:
        connection.sendall(JOIN + expecting + b"Content-Length: 1000000\r\n\r\n" + body)
        answer = read_answer(connection)
        check_problem(answer, 413, "body_too_large")
        check_protected(answer)
        # Whoever waits to be asked sends no body now: what comes next is not taken for it.
        assert (answer.headers.get("connection") == "close") == bool(expecting)
        assert not expecting or has_ended(connection)


def test_a_large_body_is_taken_off_the_connection_so_that_its_sender_reads_the_answer(
    server: Server,
) -> None:
    with connected(server.base_url) as connection:
        connection.sendall(JOIN + b"Content-Length: 5000000\r\n\r\n" + b" " * 5_000_000)
        check_problem(read_answer(connection), 413, "body_too_large")
        connection.sendall(b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(connection).status_code == 200


async def test_bytes_amid_an_answer_end_the_connection_and_do_not_get_into_the_answer() -> None:
    has_begun = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first half", "more_body": True})
        has_begun.set()
        await receive()
        await receive()

    config, wire = Config(app, lifespan="off"), Wire()
    protocol = HttpProtocol(config, ServerState(), {})
    protocol.connection_made(wire)
    protocol.data_received(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
    await asyncio.wait_for(has_begun.wait(), 5)
    said = wire.written
    protocol.data_received(b"MARKER\r\n\r\n")
    assert wire.closed
    assert wire.written == said
    assert said.endswith(b"first half\r\n")
    protocol.connection_lost(None)
    await asyncio.gather(*protocol.tasks)
