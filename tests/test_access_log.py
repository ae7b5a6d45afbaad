"""One line per request, whatever becomes of it, and never another request's keys on it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from scripts.local.postgresql import Cluster
from scripts.local.processes import wait_for
from shared.observability import participant_hash
from tests.support.api import Api
from tests.support.databases import migrated_database, organizer_key_in, run_sql
from tests.support.log_lines import access_lines, json_lines
from tests.support.problems import check_problem
from tests.support.server import Server, running_server

FORBIDDEN_TITLE = "Marker-the-database-refuses-this"
Deployment = tuple[Server, Api, str]


@pytest.fixture(scope="module")
async def deployment(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    log = tmp_path_factory.mktemp("server") / "log"
    with migrated_database(cluster) as url:
        key = await organizer_key_in(url)
        with running_server(log, DATABASE_URL=url, ADDRESS_JOINS_PER_S="10000") as server:
            limits = httpx.Limits(max_connections=200)
            async with httpx.AsyncClient(
                base_url=server.base_url, timeout=60, limits=limits
            ) as client:
                yield server, Api(client, key), url


@pytest.mark.parametrize(
    ("method", "path", "route", "operation", "status"),
    [
        ("GET", "/health/live", "/health/live", "get_live", 200),
        ("GET", "/nowhere/Marker", "unknown", "unknown", 404),
        ("GET", "/v1/events", "/v1/events", "list_events", 401),
        (
            "GET",
            "/v1/events/0197f6a0-c0de-7000-8000-0000000000ff/changes",
            "/v1/events/{event_id}/changes",
            "get_changes",
            404,
        ),
        ("GET", "/v1/events/Marker/changes", "/v1/events/{event_id}/changes", "get_changes", 422),
        ("POST", "/v1/join", "/v1/join", "join_event", 422),
    ],
)
async def test_a_request_has_one_line_that_says_what_was_asked_and_how_it_ended(
    deployment: Deployment, method: str, path: str, route: str, operation: str, status: int
) -> None:
    server, api, _ = deployment
    response = await api.client.request(method, path + "?token=Marker", content=b'{"a": "Marker"}')
    assert response.status_code == status
    (line,) = access_lines(server, request_id=response.headers["x-request-id"])
    expected = {"method": method, "route": route, "operation": operation, "status": status}
    assert expected.items() <= line.items()
    assert line["level"] == "INFO"
    assert 0 < line["duration_ms"] < 60_000
    assert "Marker" not in json.dumps(line)


async def test_a_method_that_a_path_does_not_have_has_one_line(deployment: Deployment) -> None:
    server, api, _ = deployment
    response = await api.client.delete("/v1/join")
    check_problem(response, 405, "method_not_allowed")
    (line,) = access_lines(server, request_id=response.headers["x-request-id"])
    assert (line["method"], line["status"]) == ("DELETE", 405)


async def test_a_failure_of_ours_is_a_500_and_a_line_that_says_where_without_what_was_written(
    deployment: Deployment,
) -> None:
    server, api, url = deployment
    run_sql(url, f"ALTER TABLE events ADD CHECK (title <> '{FORBIDDEN_TITLE}')")
    body = {"title": FORBIDDEN_TITLE}
    response = await api.call("POST", "/v1/events", api.organizer_key, body)
    problem = check_problem(response, 500, "internal_error")
    (line,) = access_lines(server, request_id=problem["request_id"])
    assert line["status"] == 500
    lines = [each for each in json_lines(server.text()) if each["level"] == "ERROR"]
    (failure,) = [each for each in lines if each["request_id"] == problem["request_id"]]
    assert failure["message"] == "unhandled"
    assert failure["error_type"] == "psycopg.errors.CheckViolation"
    assert any("shared/events/queries.py" in frame for frame in failure["frames"])
    assert FORBIDDEN_TITLE not in server.text() + response.text
    assert "Traceback" not in server.text()


async def test_a_client_that_goes_away_amid_its_body_has_one_line_and_no_failure(
    deployment: Deployment,
) -> None:
    server, api, _ = deployment
    event = await api.make_event()
    poll = await api.make_poll(event)
    participant = await api.join(event)
    address = urlsplit(server.base_url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        head = f"PUT /v1/polls/{poll['id']}/vote HTTP/1.1\r\nHost: ovation.test\r\n"
        head += f"Authorization: Bearer {participant.token}\r\n"
        head += "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
        connection.sendall(head.encode() + b'{"option_ids')
    (line,) = access_lines(server, participant=participant_hash(UUID(participant.id)))
    assert (line["method"], line["operation"]) == ("PUT", "cast_vote")
    assert line["status"] < 500
    failures = [each for each in json_lines(server.text()) if each["level"] == "ERROR"]
    assert line["request_id"] not in [failure["request_id"] for failure in failures]


async def test_two_hundred_requests_at_once_never_have_each_others_keys(
    deployment: Deployment,
) -> None:
    server, api, _ = deployment
    event = await api.make_event()
    poll = await api.make_poll(event)
    people = [await api.join(event) for _ in range(200)]
    answers = await asyncio.gather(*(api.vote(person, poll, 0) for person in people))
    assert {answer.status_code for answer in answers} == {200}
    everyone = {"event_id": event["id"], "operation": "cast_vote"}
    assert wait_for(lambda: len(access_lines(server, **everyone)) == len(people), timeout_s=10)
    lines = {line["request_id"]: line for line in access_lines(server, **everyone)}
    for person, answer in zip(people, answers, strict=True):
        line = lines.pop(answer.headers["x-request-id"])
        assert line["participant"] == participant_hash(UUID(person.id))
    assert lines == {}


def test_every_line_of_a_server_is_json_but_uvicorns_first(deployment: Deployment) -> None:
    server, _, _ = deployment
    plain = [line for line in server.text().splitlines() if not line.startswith("{")]
    assert all(line.startswith("INFO:     ") for line in plain), plain
    assert len(plain) <= 2
