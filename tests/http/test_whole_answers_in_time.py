"""Requests that take too long on the way on which the server sends no messages to the application."""

import asyncio
import time
from io import StringIO

import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.http.answer import ReadBody
from shared.http.deadline import Deadline
from tests.support.log_lines import json_lines
from tests.support.settings import changed_settings
from tests.support.words import TIMEOUT_S, Connection, logged_of, put, stage, statuses

pytestmark = pytest.mark.usefixtures("calm_stage")


@pytest.mark.parametrize("is_stuck", [False, True], ids=["ends when told", "does not end"])
async def test_an_answer_that_takes_too_long_is_503_and_the_connection_goes_on(
    connection: Connection, is_stuck: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.gate, stage.is_stuck = asyncio.Event(), is_stuck
    with changed_settings(request_timeout_s=TIMEOUT_S):
        await connection.answers(put())
        await asyncio.sleep(TIMEOUT_S + 0.2)
        assert statuses(connection.wire.written) == [503]
        stage.gate.set()
        assert statuses(await connection.answers(put())) == [201]
    await asyncio.sleep(TIMEOUT_S)
    assert statuses(connection.wire.written) == [503, 201], "what comes too late is not written"
    told = logged_of(connection, capsys.readouterr().out)
    assert [(line["operation"], line["status"]) for line in told] == [("say", 503), ("say", 201)]


async def test_each_request_has_its_own_time(
    capsys: pytest.CaptureFixture[str], logged: StringIO
) -> None:
    stage.gate = asyncio.Event()
    connections = [Connection() for _ in range(3)]
    with changed_settings(request_timeout_s=TIMEOUT_S):
        for connection in connections:
            await connection.answers(put())
            await asyncio.sleep(TIMEOUT_S / 3)
        await asyncio.sleep(TIMEOUT_S / 10)
        assert [statuses(each.wire.written) for each in connections] == [[503], [], []]
        await asyncio.sleep(TIMEOUT_S)
    assert [statuses(each.wire.written) for each in connections] == [[503]] * 3
    output = capsys.readouterr().out
    told = [line["request_id"] for each in connections for line in logged_of(each, output)]
    assert [line["request_id"] for line in json_lines(logged.getvalue())] == told
    for connection in connections:
        await connection.end()


async def test_a_late_answer_that_fails_leaves_the_others_their_time(
    monkeypatch: pytest.MonkeyPatch, logged: StringIO
) -> None:
    stage.gate = asyncio.Event()
    broken, sound = Connection(), Connection()
    with changed_settings(request_timeout_s=TIMEOUT_S):
        await broken.answers(put())
        monkeypatch.setattr(broken.wire, "write", None)
        await asyncio.sleep(TIMEOUT_S + 0.2)
        await sound.answers(put())
        await asyncio.sleep(TIMEOUT_S + 0.2)
    assert statuses(sound.wire.written) == [503]
    assert "a late answer failed" in logged.getvalue()
    assert not broken.protocol.tasks, "it was ended all the same"
    await sound.end()


async def test_what_fails_after_it_was_given_up_is_logged(
    connection: Connection, logged: StringIO
) -> None:
    stage.gate, stage.is_stuck = asyncio.Event(), True
    with changed_settings(request_timeout_s=TIMEOUT_S):
        await connection.answers(put(b'{"word": "fail late"}'))
        await asyncio.sleep(2 * TIMEOUT_S + 0.4)
    assert statuses(connection.wire.written) == [503]
    messages = [line["message"] for line in json_lines(logged.getvalue())]
    assert messages == ["a request was given up", "failed after it was given up"]


async def test_a_request_that_is_called_in_the_end_has_only_what_is_left_of_its_time() -> None:
    sent: list[int] = []

    async def find_none(scope: Scope, read_body: ReadBody) -> None:
        await asyncio.sleep(0.6 * TIMEOUT_S)

    async def be_stuck(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    async def read_body() -> bytes:
        return b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message.get("status", 0))

    deadline = Deadline(be_stuck, find_answer=find_none)
    scope = {"type": "http", "state": {"request_id": "one"}}
    started = time.monotonic()
    with changed_settings(request_timeout_s=TIMEOUT_S):
        assert not await deadline.give_answer(scope, read_body, lambda answer: None)
        await deadline(scope, receive, send)
    assert sent[0] == 503
    assert time.monotonic() - started < 1.4 * TIMEOUT_S


async def test_a_body_that_never_ends_is_given_up(connection: Connection) -> None:
    with changed_settings(request_timeout_s=TIMEOUT_S):
        await connection.answers(put()[:-3])
        await asyncio.sleep(TIMEOUT_S + 0.2)
    assert statuses(connection.wire.written) == [503]
