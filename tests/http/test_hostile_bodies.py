"""Bodies of every wrong kind at every endpoint that takes one: refused as a problem, nothing changed."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.settings import get_settings
from tests.support.addresses import client_elsewhere
from tests.support.api import Api, Json
from tests.support.calls import CALLS
from tests.support.problems import check_problem
from tests.support.stage import Stage, set_stage
from tests.support.tables import fingerprint

WITH_BODY = [name for name, call in CALLS.items() if call.body is not None]
BY_PARTICIPANTS = {"cast_vote", "ask_question", "submit_answer", "read_clock", "send_reaction"}
ECHO = "<b>7c9e</b>"

MALFORMED = {
    "cut off": b'{"title": "a',
    "not JSON": b"title=Keynote",
    "single quotes": b"{'title': 'a'}",
    "a trailing comma": b'{"title": "a",}',
    "two values": b'{"title": "a"} {"title": "b"}',
    "a comment": b'{"title": "a"} // b',
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": -Infinity}',
    "a byte that is no UTF-8": b'{"title": "\xff"}',
    "an overlong UTF-8 slash": b'{"title": "\xc0\xaf"}',
    "a raw surrogate": b'{"title": "\xed\xa0\x80"}',
    "an escaped lone surrogate": b'{"title": "\\ud83d"}',
    "an escaped surrogate pair, swapped": b'{"title": "\\udc00\\ud83d"}',
    "a raw control character": b'{"title": "a\x01b"}',
    "a raw NUL": b'{"title": "a\x00b"}',
    "a byte order mark": b'\xef\xbb\xbf{"title": "a"}',
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "deep lists": b"[" * 20_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a number of 60,000 digits": b'{"title": ' + b"9" * 60_000 + b"}",
    "the name of the reader": b"\x89PNG\r\n\x1a\n" + ECHO.encode(),
}
MISFITS = {
    "nothing": b"",
    "null": b"null",
    "a boolean": b"true",
    "a number": b"5",
    "a number beyond all floats": b"1e999",
    "a text": json.dumps(ECHO).encode(),
    "a list": b"[]",
    "a list of the right thing": b'[{"title": "a"}]',
    "an empty object": b"{}",
    "an unknown field": json.dumps({ECHO: ECHO}).encode(),
    "an empty name": b'{"": ""}',
    "4,000 unknown fields": json.dumps({f"f{n}": 0 for n in range(4_000)}).encode(),
    "prototype": b'{"__proto__": {"role": "host"}, "constructor": {}}',
}
WRONG_VALUES: list[Any] = [None, {}, [], [None], [[[]]], {"a": ECHO}, 0.5, 10**30]
# An empty PATCH changes nothing, and is fine.
FINE = {("an empty object", "update_event"), ("an empty object", "update_poll")}
# So is a first reading of the clock.
FINE |= {("an empty object", "update_question"), ("an empty object", "read_clock")}


@pytest.fixture(scope="module")
async def stage(client: httpx.AsyncClient, organizer_key: str) -> Stage:
    """A stage that nothing in this module changes."""
    return await set_stage(Api(client, organizer_key))


async def send(stage: Stage, operation: str, content: Any, **headers: str) -> httpx.Response:
    """Send raw bytes as whoever may call the operation; participants are new, for their limit."""
    token = stage.tokens["organizer"]
    if operation in BY_PARTICIPANTS:
        token = (await stage.api.join(stage.event)).token
    sent = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    for name, value in headers.items():
        sent[name.replace("_", "-").title()] = value
    sent = {name: value for name, value in sent.items() if value}
    return await stage.call(operation, None, json=None, content=content, headers=sent)


async def refuse_all(stage: Stage, operation: str, bodies: dict[str, bytes], code: str) -> None:
    """Assert that each body is refused with 422, echoed in no byte, and changes no row."""
    stage = stage.elsewhere(client_elsewhere())
    before = await fingerprint()
    for name, content in bodies.items():
        if (name, operation) in FINE:
            continue
        refused = await send(stage, operation, content)
        assert refused.status_code == 422, (name, refused.text)
        check_problem(refused, 422, code)
        assert "7c9e" not in refused.text, name
        assert len(refused.content) < 8_000, name
    assert await fingerprint() == before


@pytest.mark.parametrize("operation", WITH_BODY)
async def test_malformed_json_is_422_malformed_json(operation: str, stage: Stage) -> None:
    await refuse_all(stage, operation, MALFORMED, "malformed_json")


@pytest.mark.parametrize("operation", WITH_BODY)
async def test_json_of_another_form_is_422_invalid_request(operation: str, stage: Stage) -> None:
    await refuse_all(stage, operation, MISFITS, "invalid_request")


def misfits_of(body: Json) -> dict[str, bytes]:
    """Return the body with each of its fields spoilt, one at a time."""
    spoilt: dict[str, Any] = {}
    for field in body:
        for wrong in WRONG_VALUES:
            spoilt[f"{field} = {wrong!r}"] = body | {field: wrong}
        spoilt[f"{field} = NUL"] = body | {field: "a\x00b"}
        spoilt[f"{field} = 65 kB"] = body | {field: "x" * 60_000}
        spoilt[f"{field} and unknown"] = body | {"unknown": ECHO}
        spoilt[f"{field}, capitalised"] = {
            name.title() if name == field else name: value for name, value in body.items()
        }
    return {name: json.dumps(each).encode() for name, each in spoilt.items()}


@pytest.mark.parametrize("operation", WITH_BODY)
async def test_each_field_of_another_type_is_422(operation: str, stage: Stage) -> None:
    body = CALLS[operation].body_on(stage.ids) or {}
    bodies = misfits_of(body)
    if operation == "join_event":
        # A name is not needed: null says so too.
        del bodies["display_name = None"]
        bodies = {name: each for name, each in bodies.items() if b'"Display_Name"' not in each}
    await refuse_all(stage, operation, bodies, "invalid_request")


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "json",
        "application/json/x",
        ";;;",
        "\x7f",
    ],
)
async def test_a_body_that_is_not_called_json_is_422(
    operation: str, content_type: str, stage: Stage
) -> None:
    content = json.dumps(CALLS[operation].body_on(stage.ids)).encode()
    before = await fingerprint()

    refused = await send(stage, operation, content, content_type=content_type)

    check_problem(refused, 422, "invalid_request")
    assert await fingerprint() == before


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
async def test_a_body_may_be_called_json_in_other_words(content_type: str, stage: Stage) -> None:
    content = json.dumps(CALLS["create_event"].body_on(stage.ids)).encode()

    assert (await send(stage, "create_event", content, content_type=content_type)).is_success


async def in_chunks(content: bytes) -> AsyncIterator[bytes]:
    """Yield a body without telling its length."""
    for start in range(0, len(content), 10_000):
        yield content[start : start + 10_000]


@pytest.mark.parametrize("operation", WITH_BODY)
async def test_a_body_over_the_limit_is_413_with_and_without_a_length(
    operation: str, stage: Stage
) -> None:
    limit = get_settings().max_body_bytes
    body = json.dumps(CALLS[operation].body_on(stage.ids)).encode()
    over = body + b" " * (limit + 1 - len(body))
    before = await fingerprint()

    for content in (over, in_chunks(over), over * 20, in_chunks(over * 20)):
        check_problem(await send(stage, operation, content), 413, "body_too_large")

    assert await fingerprint() == before


class NeverSent:
    """A body that fails when it is asked for."""

    def __aiter__(self) -> "NeverSent":
        return self

    async def __anext__(self) -> bytes:
        raise AssertionError("the body is not needed")


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("length", ["65537", "1000000", "9" * 25, "0" * 25 + "65537"])
async def test_a_body_announced_over_the_limit_is_413_before_any_of_it_is_read(
    operation: str, length: str, stage: Stage
) -> None:
    for headers in ({}, {"authorization": ""}, {"content_type": ""}):
        refused = await send(stage, operation, NeverSent(), content_length=length, **headers)
        check_problem(refused, 413, "body_too_large")


async def test_a_body_of_just_the_limit_is_accepted(stage: Stage) -> None:
    body = json.dumps(CALLS["create_event"].body_on(stage.ids)).encode()
    full = body + b" " * (get_settings().max_body_bytes - len(body))

    for content in (full, in_chunks(full)):
        assert (await send(stage, "create_event", content)).status_code == 201


async def test_of_a_field_that_comes_twice_the_last_counts(stage: Stage) -> None:
    made = await send(stage, "create_event", b'{"title": "first", "title": "second"}')

    assert made.json()["title"] == "second"
