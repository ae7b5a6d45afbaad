"""Requests of the hottest endpoints, which the server answers without messages to the application."""

import asyncio
import gc
import re
from io import StringIO
from weakref import ref

import pytest

from shared.http.app import build_app
from tests.support.log_lines import json_lines
from tests.support.origin import settle
from tests.support.served import HOST, KEEP_ALIVE_S, served, without_its_own
from tests.support.settings import changed_settings
from tests.support.words import (
    JSON,
    PATH,
    THING,
    Connection,
    logged_of,
    put,
    router,
    stage,
    statuses,
)

pytestmark = pytest.mark.usefixtures("calm_stage")

# By then, access lines are written.
WRITTEN_S = 0.06


async def test_an_ordinary_request_is_answered_without_a_call(connection: Connection) -> None:
    answer = await connection.answers(put())
    assert answer.startswith(b"HTTP/1.1 201 Created\r\n")
    assert answer.endswith(b'{"thing_id":"%b","word":"yes"}' % THING.encode())
    assert (connection.calls, stage.heard) == (0, ["yes"])


def parts(answer: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Return an answer's status line, its headers in an order of their own, and its body."""
    head, _, body = without_its_own(answer).partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    return status, sorted(headers), body


ALIKE = {
    "an answer": put(),
    "a refusal": put(b'{"word": "no"}'),
    "what nobody expected": put(b'{"word": "fail"}'),
    "the last request": put(b'{"word": "yes"}', b"Connection: close\r\n"),
    "a body that does not fit": put(b'{"word": 1}'),
    "no JSON": put(b'{"word":'),
    "an id that is none": put(path="/v1/things/1/words"),
    "an id in capitals": put(path=PATH.replace(THING, THING.upper())),
    "a header that comes twice": put(b'{"word": "yes"}', b"Content-Type: text/plain\r\n"),
    "its other order": put(b'{"word": "yes"}', JSON, kind=b"Content-Type: text/plain\r\n"),
    "a header behind the body": put(
        b"", b"Transfer-Encoding: chunked\r\n", kind=b"Content-Type: text/plain\r\n"
    ).replace(b"Content-Length: 0\r\n", b"")
    + b'f\r\n{"word": "yes"}\r\n0\r\n'
    + JSON
    + b"\r\n",
} | {
    f"the id {odd}": put(path=PATH.replace(THING, odd))
    for odd in (
        THING.replace("-", ""),
        "{" + THING + "}",
        "%20" + THING.replace("-", "")[1:],
        "0x" + THING.replace("-", "")[2:],
        THING.replace("-", "")[:9] + "_" + THING.replace("-", "")[10:],
        "-" + THING.replace("-", ""),
        THING + "%0A",
    )
}


@pytest.mark.parametrize("name", ALIKE)
async def test_all_ways_give_the_same_answer(name: str) -> None:
    whole, called, routed = Connection(), Connection("by messages"), Connection("routed")
    by_router = await routed.answers(ALIKE[name])
    assert statuses(by_router) and routed.calls == 1
    for other in (whole, called):
        assert parts(await other.answers(ALIKE[name])) == parts(by_router)
        assert other.wire.closed == routed.wire.closed
    for each in (whole, called, routed):
        await each.end()


async def test_a_body_that_comes_later_is_waited_for(connection: Connection) -> None:
    request = put()
    assert statuses(await connection.answers(request[:-9], request[-9:-3])) == []
    assert statuses(await connection.answers(request[-3:])) == [201]
    chunked = put(b"", b"Transfer-Encoding: chunked\r\n").replace(b"Content-Length: 0\r\n", b"")
    pieces = b'6\r\n{"word\r\n', b'8\r\n": "no"}\r\n', b"0\r\n\r\n"
    assert statuses(await connection.answers(chunked, *pieces)) == [403]
    assert connection.calls == 0
    unfit = put(b'{"word": 1}')
    assert statuses(await connection.answers(unfit[:-9], unfit[-9:-3], unfit[-3:])) == [422]
    assert connection.calls == 1, "with the body that was read before"


async def test_the_line_of_a_request_that_is_called_in_the_end_counts_from_when_it_came(
    connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    unfit = put(b'{"word": 1}')
    await connection.answers(unfit[:-3])
    await asyncio.sleep(0.1)
    await connection.answers(unfit[-3:])
    await asyncio.sleep(WRITTEN_S)
    (line,) = logged_of(connection, capsys.readouterr().out)
    assert connection.calls == 1 and line["duration_ms"] > 100


UNUSUAL = {
    "another method": put().replace(b"PUT", b"POST", 1),
    "another endpoint": b"GET /v1/others HTTP/1.1\r\n" + HOST + b"\r\n",
    "another type": put(kind=b"Content-Type: text/plain\r\n"),
    "a body that does not fit": put(b'{"word": 1}'),
    "an id that is none": put(path="/v1/things/1/words"),
    "a long body": put(b'{"word": "%b"}' % (b"x" * 70_000)),
}


@pytest.mark.parametrize("name", UNUSUAL)
async def test_whatever_is_unusual_is_served_by_a_call(connection: Connection, name: str) -> None:
    answer = await connection.answers(UNUSUAL[name])
    assert len(statuses(answer)) == 1 and connection.calls == 1
    assert statuses(await connection.answers(put())) == [201]


async def test_a_body_that_the_server_stops_reading_is_asked_for_by_a_call() -> None:
    request = put(b'{"word": "%b"}' % (b"x" * 100_000))
    with changed_settings(max_body_bytes=200_000):
        connection = Connection()
        await connection.answers(request[:80_000])
        assert connection.calls == 1
        assert statuses(await connection.answers(request[80_000:])) == [201]
    await connection.end()


async def test_who_waits_to_be_asked_for_the_body_is_asked(connection: Connection) -> None:
    head, _, body = put(b'{"word": "yes"}', b"Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    assert statuses(await connection.answers(head + b"\r\n\r\n")) == [100]
    assert statuses(await connection.answers(body)) == [201]
    assert connection.calls == 1


async def test_requests_sent_together_are_answered_in_their_order(connection: Connection) -> None:
    words = [b'{"word": "%d"}' % number for number in range(5)]
    answer = await connection.answers(b"".join(put(word) for word in words))
    assert re.findall(rb'"word":"(\d)"', answer) == [b"0", b"1", b"2", b"3", b"4"]
    mixed = await connection.answers(put() + UNUSUAL["another endpoint"] + put(b'{"word": "no"}'))
    assert statuses(mixed) == [201, 200, 403]


async def test_a_client_that_does_not_read_waits_for_its_answer(connection: Connection) -> None:
    connection.protocol.pause_writing()
    assert await connection.answers(put()) == b""
    connection.protocol.resume_writing()
    await settle()
    assert statuses(connection.wire.written) == [201]


async def test_a_client_that_is_gone_is_written_nothing_but_heard(connection: Connection) -> None:
    stage.gate = asyncio.Event()
    await connection.answers(put())
    (serving,) = connection.protocol.tasks
    connection.protocol.connection_lost(None)
    stage.gate.set()
    await serving
    assert (connection.wire.written, stage.heard) == (b"", ["yes"])


async def test_a_client_that_leaves_amid_several_requests_has_one_line_for_what_was_begun(
    capsys: pytest.CaptureFixture[str], logged: StringIO
) -> None:
    stage.gate = asyncio.Event()
    gone = Connection()
    await gone.answers(put() + put())
    await asyncio.sleep(WRITTEN_S)
    capsys.readouterr()
    gone.protocol.connection_lost(None)
    stage.gate.set()
    await asyncio.sleep(WRITTEN_S)
    assert [line["status"] for line in json_lines(capsys.readouterr().out)] == [201]
    assert (gone.wire.written, logged.getvalue()) == (b"", "")


async def test_a_request_that_the_server_ends_is_answered_and_has_its_line(
    connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.gate = asyncio.Event()
    await connection.answers(put())
    connection.protocol.shutdown()
    for task in connection.protocol.tasks:
        task.cancel()
    await settle()
    assert (statuses(connection.wire.written), connection.wire.closed) == ([500], True)
    await asyncio.sleep(WRITTEN_S)
    (line,) = logged_of(connection, capsys.readouterr().out)
    assert line["status"] == 500


async def test_nothing_is_left_of_a_connection_that_ended_amid_a_request() -> None:
    stage.gate = asyncio.Event()
    gc.disable()
    try:
        protocol, _ = served(build_app([router], direct=[router]))
        protocol.data_received(put())
        await settle()
        protocol.connection_lost(None)
        stage.gate.set()
        await settle()
        left = ref(protocol)
        del protocol
        assert left() is None, "not even until the garbage collector comes"
    finally:
        gc.enable()


async def test_a_client_that_leaves_amid_its_body_leaves_nothing_behind(
    connection: Connection,
) -> None:
    await connection.answers(put()[:-3])
    connection.protocol.connection_lost(None)
    await settle()
    assert (connection.wire.written, stage.heard) == (b"", [])
    assert not connection.protocol.tasks


async def test_a_server_that_stops_answers_what_it_has_begun_and_hangs_up(
    connection: Connection,
) -> None:
    stage.gate = asyncio.Event()
    await connection.answers(put())
    connection.protocol.shutdown()
    closed_before = connection.wire.closed
    stage.gate.set()
    await settle()
    assert statuses(connection.wire.written) == [201]
    assert (closed_before, connection.wire.closed) == (False, True)
    assert b"\r\nconnection: close\r\n" in connection.wire.written


async def test_a_connection_that_is_idle_after_an_answer_is_ended(connection: Connection) -> None:
    await connection.answers(put())
    timer = connection.protocol.timeout_keep_alive_task
    assert timer is not None
    ends_in_s = timer.when() - asyncio.get_running_loop().time()
    assert KEEP_ALIVE_S - 1 < ends_in_s <= KEEP_ALIVE_S


async def test_each_answer_has_its_own_id_and_its_line_in_the_log(
    connection: Connection, capsys: pytest.CaptureFixture[str], logged: StringIO
) -> None:
    await connection.answers(put() + put(b'{"word": "fail"}'))
    await asyncio.sleep(WRITTEN_S)
    told = logged_of(connection, capsys.readouterr().out)
    assert [(line["operation"], line["route"], line["status"]) for line in told] == [
        ("say", "/v1/things/{thing_id}/words", 201),
        ("say", "/v1/things/{thing_id}/words", 500),
    ]
    (failure,) = json_lines(logged.getvalue())
    assert (failure["message"], failure["request_id"]) == ("unhandled", told[1]["request_id"])
