"""Paths, queries and methods that mean harm or nothing: a problem, and nothing changed."""

import json
import re
from collections import defaultdict
from urllib.parse import quote

import httpx
import pytest
from starlette.types import Message, Scope

from tests.support.addresses import client_elsewhere
from tests.support.api import Api
from tests.support.calls import CALLS
from tests.support.feed import read_page
from tests.support.problems import check_problem
from tests.support.stage import Stage, set_stage
from tests.support.tables import fingerprint

BAD_IDS = (
    "0",
    "-1",
    "me",
    "not-a-uuid",
    "0197f6a0-c0de-7000-a1b2-c3d4e5f6071",
    "0197f6a0-c0de-7000-a1b2-c3d4e5f607188",
    "0197f6a0-c0de-7000-a1b2-c3d4e5f6071g",
    "' OR '1'='1",
    "%",
    "\x00",
    "\u202e\U0001f600",
    "<b>7c9e</b>",
    "../x",
    "x" * 5_000,
)
NOBODYS = "0197f6a0-c0de-7000-a1b2-c3d4e5f60718"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE")
WITH_ID = [name for name, call in CALLS.items() if "_id}" in call.path]
PARTICIPANTS = {"get_me", "cast_vote", "retract_vote", "ask_question"}
PARTICIPANTS |= {"upvote_question", "retract_upvote", "submit_answer", "read_clock"}
PARTICIPANTS |= {"send_reaction"}
# A participant leaves no trace before it writes something: any id may be one.
OF_ANYBODY = {("set_accommodation", "participant_id")}


@pytest.fixture(scope="module")
async def stage(client: httpx.AsyncClient, organizer_key: str) -> Stage:
    """A stage that nothing in this module changes."""
    made = await set_stage(Api(client, organizer_key))
    await read_page(made.api, made.event)
    return made.elsewhere(client_elsewhere())


async def token_for(stage: Stage, operation: str) -> str:
    """Return the credential of somebody who may; participants are new, for their limit."""
    if operation in PARTICIPANTS:
        return (await stage.api.join(stage.event)).token
    return stage.tokens["organizer"]


def allowed_methods() -> dict[str, set[str]]:
    """Return the methods of each path."""
    methods: dict[str, set[str]] = defaultdict(set)
    for call in CALLS.values():
        methods[call.path] |= {"GET", "HEAD"} if call.method == "GET" else {call.method}
    return methods


@pytest.mark.parametrize("operation", WITH_ID)
async def test_an_id_that_is_none_is_refused(operation: str, stage: Stage) -> None:
    call = CALLS[operation]
    before = await fingerprint()
    for name in re.findall(r"{(\w+_id)}", call.path):
        for bad in BAD_IDS:
            token = await token_for(stage, operation)
            path = call.path_on(stage.ids, **{name: quote(bad, safe="")})
            refused = await stage.api.call(call.method, path, token, call.body_on(stage.ids))
            assert refused.status_code in (404, 422), (bad, refused.text)
            check_problem(refused, refused.status_code)
            assert "7c9e" not in refused.text
    assert await fingerprint() == before


@pytest.mark.parametrize("operation", WITH_ID)
async def test_an_id_of_nothing_is_404_or_another_event(operation: str, stage: Stage) -> None:
    call = CALLS[operation]
    token = await token_for(stage, operation)
    before = await fingerprint()
    for name in re.findall(r"{(\w+_id)}", call.path):
        if (operation, name) in OF_ANYBODY:
            continue
        for nobodys in (NOBODYS, "0" * 32, "f" * 32):
            path = call.path_on(stage.ids, **{name: nobodys})
            refused = await stage.api.call(call.method, path, token, call.body_on(stage.ids))
            of_another_event = name == "event_id" and operation in PARTICIPANTS
            check_problem(refused, 403 if of_another_event else 404)
    assert await fingerprint() == before


@pytest.mark.parametrize(
    "since",
    [
        "",
        "0",
        "garbage",
        "\x00",
        "-1-p-1",
        "1-p-99999999999999999999",
        "ffffffffff-p-1",
        "1-p-1; DROP TABLE events",
        "1-p-\u0661",
        "\u202e",
        "x" * 6_000,
    ],
)
async def test_a_cursor_of_nobody_gets_a_snapshot(since: str, stage: Stage) -> None:
    fresh = await read_page(stage.api, stage.event)

    page = await read_page(stage.api, stage.event, since)

    assert page["reset"] is True
    assert page["changes"] == fresh["changes"]


@pytest.mark.parametrize("audience", ["", "admin", "Staff", "staff'--", "\x00", "public,staff"])
async def test_an_audience_that_is_none_is_422(audience: str, stage: Stage) -> None:
    path = f"/v1/events/{stage.event['id']}/changes"

    refused = await stage.api.call("GET", path, params={"audience": audience})

    problem = check_problem(refused, 422, "invalid_request")
    assert problem["errors"][0]["location"] == ["query", "audience"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1",
        "/v1/",
        "/v2/events",
        "/v1/events/",
        "/V1/EVENTS",
        "//v1/events",
        "/v1//events",
        "/v1/events/x/y/z",
        "/v1/polls",
        "/v1/votes",
        "/health",
        "/health/ready/",
        "/admin",
        "/.env",
        "/openapi.json",
        "/redoc",
        "/%00",
        "/v1/%2e%2e/v1/events",
        "/v1/events%2f",
        "/" + "x" * 5_000,
    ],
)
async def test_a_path_that_leads_nowhere_is_404_for_every_method(path: str, stage: Stage) -> None:
    key = stage.tokens["organizer"]
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        refused = await stage.api.call(method, path, key, headers={"X-Request-Id": "chosen"})
        problem = check_problem(refused, 404, "not_found")
        assert problem["request_id"] != "chosen"


@pytest.mark.parametrize("path", allowed_methods())
async def test_another_method_is_405_and_told_which_are_allowed(path: str, stage: Stage) -> None:
    allowed = allowed_methods()[path]
    before = await fingerprint()
    for method in set(METHODS) - allowed:
        url = CALLS[next(n for n, c in CALLS.items() if c.path == path)].path_on(stage.ids)
        refused = await stage.api.call(method, url, stage.tokens["organizer"], {})
        assert refused.status_code == 405
        if method != "HEAD":
            check_problem(refused, 405, "method_not_allowed")
        told = {name.strip() for name in refused.headers["allow"].split(",")}
        assert told == allowed, (method, told)
    assert await fingerprint() == before


async def raw_request(scope: Scope) -> tuple[int, dict[bytes, bytes], bytes]:
    """Call the application with a scope that no client of ours would send."""
    from handlers.app import app

    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    base: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "client": None,
        "server": None,
    }
    await app({**base, **scope}, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


@pytest.mark.parametrize(
    "scope",
    [
        {"path": "/v1/events", "headers": [(b"authorization", b"\xff\xfe\x80")]},
        {"path": "/v1/events", "headers": [(b"authorization", b"Bearer \xff")]},
        {"path": "/v1/events", "headers": [(b"authorization", b"Bearer ovk_\xff\x00")]},
        {"path": "/v1/events", "headers": [(b"authorization", b"Bearer ovp_\xe9.\xe9.\xe9")]},
        {"path": "/v1/events", "headers": [(b"authorization", b"Bearer ovm_" + b"a" * 60_000)]},
        {"path": "/v1/events", "query_string": b"limit=%ff&cursor=%00&\xff\xfe"},
        {"path": "", "raw_path": b""},
        {"path": "/\udcff", "raw_path": b"/\xff"},
        {"path": "*", "method": "OPTIONS"},
        {"path": "/v1/join", "method": "POST", "headers": [(b"content-length", b"-5")]},
        {"path": "/v1/join", "method": "POST", "headers": [(b"content-length", b"9" * 5_000)]},
        {"path": "/v1/join", "method": "POST", "headers": [(b"content-type", b"\xff/\xff;\x00=")]},
        {"path": "/v1/join", "method": "post"},
        {"path": "/health/ready", "method": "QUERY", "headers": [(b"x-forwarded-for", b"\xff, ,")]},
    ],
)
async def test_bytes_that_no_client_sends_get_a_problem(scope: Scope, stage: Stage) -> None:
    before = await fingerprint()

    status, headers, body = await raw_request(scope)

    assert 400 <= status < 500, body
    assert headers[b"content-type"] == b"application/problem+json"
    problem = json.loads(body)
    assert problem["status"] == status
    assert problem["request_id"].encode() == headers[b"x-request-id"]
    assert await fingerprint() == before
