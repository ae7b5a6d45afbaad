"""Answers that the server writes as soon as a request's headers are there, without a call."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send

from shared.http.answer import ShortWays, give_none
from shared.http.app import wrap_app
from shared.http.micro_cache import MicroCache
from tests.support.log_lines import json_lines
from tests.support.origin import PUBLIC, Clock, Origin, ask, http_scope, settle
from tests.support.served import HOST, KEEP_ALIVE_S, served, without_its_own
from tests.support.settings import changed_settings


def get(path: bytes = b"/feed", *headers: bytes, version: bytes = b"1.1") -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"GET " + path + b" HTTP/" + version + b"\r\n" + HOST + lines + b"\r\n"


@dataclass
class Connection:
    """A connection to a server of the cache; tells what the application was called for."""

    origin: Origin = field(default_factory=lambda: Origin(body=b'{"entries": []}'))
    clock: Clock = field(default_factory=Clock)
    calls: int = 0

    def __post_init__(self) -> None:
        cache = MicroCache(self.origin, clock=self.clock)
        wrapped = wrap_app(cache, ShortWays(cache.at_once, give_none))
        called = wrapped.__call__

        class Counted:
            at_once = staticmethod(wrapped.at_once)

            async def __call__(_, scope: Scope, receive: Receive, send: Send) -> None:
                self.calls += 1
                await called(scope, receive, send)

        self.protocol, self.wire = served(Counted())

    def send(self, *requests: bytes) -> bytes:
        """Send requests at once, and return what the server wrote before it did anything else."""
        before = len(self.wire.written)
        self.protocol.data_received(b"".join(requests))
        return self.wire.written[before:]

    async def answers(self, *requests: bytes) -> bytes:
        """Send requests at once, and return what the server wrote in the end."""
        before = len(self.wire.written)
        self.protocol.data_received(b"".join(requests))
        await settle()
        return self.wire.written[before:]


@pytest.fixture
async def poller() -> AsyncIterator[Connection]:
    """A connection whose server has the feed in memory."""
    opened = Connection()
    await opened.answers(get())
    assert (opened.calls, opened.origin.runs) == (1, 1)
    yield opened
    opened.protocol.connection_lost(None)
    await asyncio.gather(*opened.protocol.tasks)


async def test_an_answer_in_memory_is_written_before_anything_else_happens(
    poller: Connection,
) -> None:
    by_the_application = poller.wire.written
    at_once = poller.send(get())
    assert without_its_own(at_once) == without_its_own(by_the_application)
    assert at_once.startswith(b"HTTP/1.1 200 OK\r\n") and at_once.endswith(b'{"entries": []}')
    assert poller.calls == 1
    assert not poller.protocol.tasks


async def test_each_answer_has_its_own_id_and_its_line_in_the_log(
    poller: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = poller.send(get()) + poller.send(get())
    await asyncio.sleep(0.06)
    first, second = (m.decode() for m in re.findall(rb"x-request-id: ([0-9a-f]{32})", answers))
    assert first != second
    lines = json_lines(capsys.readouterr().out)
    told = [(line["request_id"], line["method"], line["status"]) for line in lines]
    assert told[-2:] == [(first, "GET", 200), (second, "GET", 200)]


async def test_what_the_client_has_already_is_304_at_once(poller: Connection) -> None:
    (etag,) = re.findall(rb"etag: (\S+)", poller.wire.written)
    answer = poller.send(get(b"/feed", b"If-None-Match: " + etag))
    assert answer.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert answer.endswith(b"\r\n\r\n") and b"content-length" not in answer
    assert poller.calls == 1


async def test_requests_sent_together_are_answered_in_their_order(poller: Connection) -> None:
    answers = await poller.answers(get(), get(b"/other"), get(), get(b"/other"))
    assert answers.count(b"HTTP/1.1 200 OK") == 4
    assert poller.calls == 4, "what comes behind a call waits for it"
    poller.origin.body = b"another"
    answers = await poller.answers(get(), get(b"/third"), get())
    bodies = [answer.partition(b"\r\n\r\n")[2] for answer in answers.split(b"HTTP/1.1 200 OK\r\n")]
    assert bodies[1:] == [b'{"entries": []}', b"another", b'{"entries": []}']


UNUSUAL = {
    "another method": b"HEAD /feed HTTP/1.1\r\n" + HOST + b"\r\n",
    "HTTP/1.0": get(version=b"1.0"),
    "the last request": get(b"/feed", b"Connection: close"),
    "a body": get(b"/feed", b"Content-Length: 2") + b"{}",
    "an empty body": get(b"/feed", b"Content-Length: 0"),
    "a body in chunks": get(b"/feed", b"Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n",
    "a credential": get(b"/feed", b"Authorization: Bearer ovp_x"),
    "a cookie": get(b"/feed", b"Cookie: a=b"),
    "a part": get(b"/feed", b"Range: bytes=0-1"),
    "an upgrade": get(b"/feed", b"Connection: upgrade", b"Upgrade: h2c"),
    "a whole address": get(b"http://ovation.test/feed"),
    "a coding that is not there yet": get(b"/feed", b"Accept-Encoding: gzip"),
    "another query": get(b"/feed?since=x"),
}


@pytest.mark.parametrize("name", UNUSUAL)
async def test_whatever_is_unusual_is_served_by_a_call(poller: Connection, name: str) -> None:
    poller.origin.body = b'{"entries": []}' + b" " * 2_000
    poller.clock.now += 5
    await poller.answers(get())
    poller.calls = 0
    at_once = poller.send(UNUSUAL[name])
    assert (at_once, poller.calls) == (b"", 0)
    await settle()
    assert poller.calls == 1


async def test_nothing_is_written_at_once_to_a_client_that_does_not_read(
    poller: Connection,
) -> None:
    poller.protocol.pause_writing()
    assert await poller.answers(get()) == b""
    poller.protocol.resume_writing()
    await settle()
    assert poller.wire.written.count(b"HTTP/1.1 200 OK") == 2


async def test_while_one_refreshes_the_others_are_given_the_old_answer_at_once(
    poller: Connection,
) -> None:
    poller.clock.now += 0.5
    poller.origin.gate = asyncio.Event()
    assert poller.send(get()) == b"", "the first one starts the refresh"
    await settle()
    assert poller.calls == 2 and poller.origin.runs == 2
    assert poller.send(get()).endswith(b'{"entries": []}')
    assert poller.calls == 2
    poller.clock.now += 0.5
    assert poller.send(get()) == b"", "too old to be given to anyone"
    poller.origin.gate.set()
    await settle()


async def test_a_connection_that_is_idle_after_an_answer_at_once_is_ended(
    poller: Connection,
) -> None:
    poller.send(get())
    timer = poller.protocol.timeout_keep_alive_task
    assert timer is not None and not timer.cancelled()
    ends_in_s = timer.when() - asyncio.get_running_loop().time()
    assert KEEP_ALIVE_S - 1 < ends_in_s <= KEEP_ALIVE_S
    poller.send(get())
    assert timer.cancelled(), "each request starts the time anew"


async def test_a_request_behind_an_answer_at_once_has_all_the_time_that_it_takes(
    poller: Connection,
) -> None:
    poller.origin.gate = asyncio.Event()
    poller.send(get() + get(b"/other"))
    await settle()
    meanwhile = poller.protocol.timeout_keep_alive_task
    poller.origin.gate.set()
    await settle()
    assert meanwhile is None
    assert poller.protocol.timeout_keep_alive_task is not None


async def test_a_server_that_stops_ends_the_connection_after_an_answer_at_once(
    poller: Connection,
) -> None:
    poller.send(get())
    poller.protocol.shutdown()
    assert poller.wire.closed


async def test_bytes_that_are_no_request_are_refused_after_an_answer_at_once(
    poller: Connection,
) -> None:
    poller.send(get())
    refusal = poller.send(b"MARKER\r\n\r\n")
    assert refusal.startswith(b"HTTP/1.1 400 ") and poller.wire.closed


async def test_a_page_of_another_origin_is_answered_at_once_with_its_headers() -> None:
    with changed_settings(cors_allowed_origins="https://page.example"):
        poller = Connection()
    await poller.answers(get())
    calls = poller.calls
    own = poller.send(get(b"/feed", b"Origin: https://page.example"))
    assert b"\r\naccess-control-allow-origin: https://page.example\r\n" in own
    # Whoever caches that of nobody's page must not give it to this one.
    for another in (get(), get(b"/feed", b"Origin: https://evil.example")):
        answer = poller.send(another)
        assert b"\r\nvary: " in answer and b"Origin\r\n" in answer
        assert b"access-control-" not in answer
    assert poller.calls == calls
    poller.protocol.connection_lost(None)


async def test_an_application_without_answers_at_once_is_called_for_each_request() -> None:
    protocol, wire = served(Origin(headers=PUBLIC))
    for number in (1, 2):
        protocol.data_received(get())
        await settle()
        assert wire.written.endswith(b"run %d\r\n0\r\n\r\n" % number)
    protocol.connection_lost(None)


HEADERS = {
    "none": [],
    "gzip": [(b"accept-encoding", b"gzip")],
    "anything": [(b"accept-encoding", b"*")],
    "a tag of ours": [(b"if-none-match", b'"x"')],
    "any tag": [(b"if-none-match", b"*")],
    "two, one of them ours": [(b"if-none-match", b'"y", W/"x"')],
}


@pytest.mark.parametrize("name", HEADERS)
async def test_what_is_given_at_once_is_what_a_call_gives(name: str) -> None:
    origin = Origin(headers=(*PUBLIC, (b"etag", b'"x"')), body=b"long enough " * 200)
    cache = MicroCache(origin, clock=Clock())
    for _ in range(2):
        called = await ask(cache, headers=HEADERS[name])
    status, headers, body = cache.at_once(http_scope(headers=HEADERS[name])) or (0, (), b"")
    told = {key.decode(): value.decode() for key, value in headers}
    assert (status, told, body) == (called.status, called.headers, called.body)
    assert origin.runs == 1
