"""Headers that protect a browser are on every kind of response."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from shared.http import docs_page, page_assets
from shared.http.app import build_app
from tests.support.api import Api
from tests.support.problems import check_problem
from tests.support.protection import check_protected
from tests.support.settings import changed_settings


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/v1/openapi.json", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/page/nothing.js", 404),
        ("GET", "/docs/nothing.js", 404),
        ("PUT", "/v1/join", 405),
        ("OPTIONS", "/v1/join", 405),
        ("POST", "/v1/join", 422),
        ("GET", "/v1/events", 401),
        ("GET", "/v1/events/nothing/changes", 422),
    ],
)
async def test_answers_of_the_api_let_a_browser_run_and_frame_nothing(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await client.request(method, path)
    assert response.status_code == status
    check_protected(response)


async def test_too_large_a_body_is_answered_with_the_headers(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/join", json={"join_code": "A" * 100_000})
    check_problem(response, 413, "body_too_large")
    check_protected(response)


async def test_a_service_that_is_not_ready_answers_with_the_headers(
    client: httpx.AsyncClient,
) -> None:
    with changed_settings(signing_keys="{}"):
        response = await client.get("/health/ready")
    check_problem(response, 503, "not_ready")
    check_protected(response)


async def test_too_fast_a_participant_is_answered_with_the_headers(api: Api) -> None:
    event = await api.make_event()
    participant = await api.join(event)
    path = f"/v1/events/{event['id']}/questions"
    asked = [api.call("POST", path, participant.token, {"body": "?"}) for _ in range(60)]
    refused = [each for each in await asyncio.gather(*asked) if each.status_code != 201]
    response = refused[0]
    check_problem(response, 429, "rate_limited")
    check_protected(response)


async def test_the_feed_and_its_304_have_the_headers_a_tag_and_a_lifetime(api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/changes"
    first = await api.call("GET", path)
    again = await api.call("GET", path, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert again.content == b""
    for response in (first, again):
        check_protected(response)
        assert response.headers["etag"] == first.headers["etag"]
        assert not response.headers["etag"].startswith("W/")
        assert response.headers["cache-control"] == "public, max-age=1"
        assert "accept-encoding" in response.headers["vary"].lower()


async def test_the_staffs_feed_is_kept_by_nobody(api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/changes?audience=staff"
    response = await api.call("GET", path, api.organizer_key)
    assert response.headers["cache-control"] == "private, no-store"
    check_protected(response)


@pytest.fixture
async def cross_origin(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that one other origin may call."""
    with changed_settings(cors_allowed_origins="https://page.example"):
        app = build_app([])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ovation.test") as opened:
        yield opened


async def test_a_preflight_has_the_headers(cross_origin: httpx.AsyncClient) -> None:
    asked = {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}
    response = await cross_origin.options("/v1/join", headers=asked)
    assert response.status_code == 200
    check_protected(response)


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/", page_assets.CONTENT_SECURITY_POLICY),
        ("/page/app.js", page_assets.CONTENT_SECURITY_POLICY),
        ("/docs", docs_page.CONTENT_SECURITY_POLICY),
        *((f"/docs/{name}", docs_page.CONTENT_SECURITY_POLICY) for name in docs_page.ASSETS),
    ],
)
async def test_pages_may_load_what_they_are_made_of_from_here_and_nothing_from_elsewhere(
    client: httpx.AsyncClient, path: str, policy: str
) -> None:
    response = await client.get(path)
    assert response.status_code == 200
    check_protected(response, policy)
    assert "script-src 'self';" in policy
    assert "http" not in policy


async def test_the_documentation_names_no_foreign_host_and_runs_nothing_inline(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/docs")).text
    assert "http" not in page
    assert page.count("<script src=") == page.count("<script") == 2
    for name, media_type in docs_page.ASSETS.items():
        asset = await client.get(f"/docs/{name}")
        assert asset.headers["content-type"] == media_type
        assert len(asset.content) > 50
    start = (await client.get("/docs/start.js")).text
    assert (await client.get("/v1/openapi.json")).status_code == 200
    assert '"/v1/openapi.json"' in start
