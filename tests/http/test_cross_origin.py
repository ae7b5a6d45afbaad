"""Pages of other origins: those in the settings may call, all others are told nothing."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.api import Api
from tests.support.problems import check_problem
from tests.support.settings import changed_settings
from tests.support.words import Connection, put

ALLOWED, FOREIGN = "https://page.example", "https://evil.example"


@pytest.fixture(scope="module")
async def cross_origin(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application as it is where one origin may call it."""
    from handlers.app import DIRECT, ENDPOINTS
    from shared.http.app import build_app

    with changed_settings(cors_allowed_origins=ALLOWED):
        app = build_app(
            [endpoint.router for endpoint in ENDPOINTS],
            direct=[endpoint.router for endpoint in DIRECT],
        )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ovation.test") as opened:
        yield opened


async def preflight(
    client: httpx.AsyncClient, origin: str, method: str, *headers: str, path: str = "/v1/events"
) -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = ", ".join(headers)
    return await client.options(path, headers=asked)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_a_page_of_an_allowed_origin_may_make_every_call(
    cross_origin: httpx.AsyncClient, method: str
) -> None:
    asked = ("authorization", "content-type", "idempotency-key", "if-none-match")

    answer = await preflight(cross_origin, ALLOWED, method, *asked)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert method in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(header in allowed for header in asked)
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["access-control-max-age"] == "3600"


@pytest.mark.parametrize(
    ("origin", "method", "header"),
    [
        (FOREIGN, "GET", "authorization"),
        ("null", "GET", "authorization"),
        (ALLOWED + ".evil.example", "GET", "authorization"),
        ("http://page.example", "GET", "authorization"),
        (ALLOWED, "TRACE", "authorization"),
        (ALLOWED, "GET", "x-secret"),
    ],
)
async def test_what_is_not_allowed_is_told_nothing(
    cross_origin: httpx.AsyncClient, origin: str, method: str, header: str
) -> None:
    answer = await preflight(cross_origin, origin, method, header)

    assert (answer.status_code, answer.content) == (204, b"")
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["x-request-id"]


async def test_a_page_may_read_answers_and_problems_and_their_headers(
    cross_origin: httpx.AsyncClient, api: Api
) -> None:
    event = await api.make_event()
    origin = {"Origin": ALLOWED}
    path = f"/v1/events/{event['id']}"

    for answer in [
        await cross_origin.get(f"{path}/changes", headers=origin),
        await cross_origin.get(f"{path}/changes", headers=origin),
        await cross_origin.post("/v1/join", headers=origin, json={"join_code": event["join_code"]}),
        await cross_origin.get("/v1/events", headers=origin),
        await cross_origin.get("/nothing", headers=origin),
        await cross_origin.post("/v1/join", headers=origin, content=b"{"),
    ]:
        assert answer.headers["access-control-allow-origin"] == ALLOWED
        exposed = answer.headers["access-control-expose-headers"].lower()
        for name in ("etag", "retry-after", "x-request-id", "idempotency-replayed"):
            assert name in exposed
        assert "origin" in answer.headers["vary"].lower()
        if answer.status_code >= 400:
            check_problem(answer, answer.status_code)


async def test_an_answer_made_for_one_origin_is_not_given_to_another(
    cross_origin: httpx.AsyncClient, api: Api
) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/changes"

    for origin in (ALLOWED, FOREIGN, None, ALLOWED):
        headers = {"Origin": origin} if origin else {}
        answer = await cross_origin.get(path, headers=headers)
        assert answer.status_code == 200
        expected = ALLOWED if origin == ALLOWED else None
        assert answer.headers.get("access-control-allow-origin") == expected


async def test_without_the_setting_no_origin_is_told_anything(client: httpx.AsyncClient) -> None:
    refused = await preflight(client, ALLOWED, "GET", "authorization")
    check_problem(refused, 405, "method_not_allowed")

    answer = await client.get("/health/live", headers={"Origin": ALLOWED})
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.usefixtures("calm_stage")
@pytest.mark.parametrize("word", ["yes", "no", "fail"])
@pytest.mark.parametrize(
    ("setting", "origin", "told"),
    [
        (ALLOWED, ALLOWED, ALLOWED),
        (ALLOWED, FOREIGN, None),
        (ALLOWED, None, None),
        ("*", FOREIGN, "*"),
        ("*", None, None),
    ],
)
async def test_an_answer_in_one_piece_tells_a_page_what_a_call_does(
    setting: str, origin: str | None, told: str | None, word: str
) -> None:
    with changed_settings(cors_allowed_origins=setting):
        whole, called = Connection(), Connection("by messages")
    lines = [f"Origin: {origin}\r\n".encode()] if origin else []
    request = put(b'{"word": "%b"}' % word.encode(), *lines)
    by_call = told_to_browsers(await called.answers(request))
    assert told_to_browsers(await whole.answers(request)) == by_call
    assert (whole.calls, called.calls) == (0, 1)
    assert by_call.pop("vary") == "Origin"
    assert by_call.get("access-control-allow-origin") == told
    assert bool(by_call) == bool(told)
    for each in (whole, called):
        await each.end()


def told_to_browsers(answer: bytes) -> dict[str, str]:
    """Return the headers that tell a browser, or a cache, whom an answer is for."""
    lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    headers = dict(line.split(": ", 1) for line in lines)
    return {n: v for n, v in headers.items() if n == "vary" or n.startswith("access-control-")}
