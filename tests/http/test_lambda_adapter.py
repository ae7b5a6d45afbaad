"""The answer of any application to any event is one that the caller can take."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from shared.http.lambda_adapter import lambda_handler
from shared.http.request_context import RequestContext
from tests.support.echo_app import echo_app, half_answer
from tests.support.lambda_events import (
    BUILDERS,
    EventBuilder,
    assert_problem,
    http_api_event,
    load_balancer_event,
)
from tests.support.lambda_thread import Container, in_thread


@pytest.fixture(scope="module")
def invoke() -> Iterator[Container]:
    with in_thread(lambda_handler(echo_app)) as invoke:
        yield invoke


def test_a_load_balancer_is_answered_in_the_form_in_which_it_asks(
    invoke: Container,
) -> None:
    many = load_balancer_event("GET", "/cookies")
    one = {**many, "headers": {"host": "ovation.test"}}
    del one["multiValueHeaders"]
    answer = invoke.raw(many)
    assert "headers" not in answer
    assert len(answer["multiValueHeaders"]["set-cookie"]) == 2
    answer = invoke.raw(one)
    assert "multiValueHeaders" not in answer
    assert {name.lower() for name in answer["headers"]} >= {"set-cookie", "x-request-id"}
    refused = invoke.raw({**one, "body": "%", "isBase64Encoded": True})
    assert (refused["statusCode"], "headers" in refused) == (400, True)


@BUILDERS
def test_bytes_are_answered_in_base64_and_problems_as_text(
    invoke: Container, build: EventBuilder
) -> None:
    assert invoke(build("GET", "/bytes")).body == b"\x89PNG\r\n" * 3
    answer = invoke(build("GET", "/text", query=[("character", "é"), ("length", "3")]))
    assert answer.body == "ééé".encode()


@pytest.mark.parametrize(
    ("build", "length", "status"),
    [
        (load_balancer_event, 100_000, 200),
        (load_balancer_event, 300_000, 200),
        (load_balancer_event, 500_000, 500),
        (http_api_event, 500_000, 200),
        (http_api_event, 2_000_000, 200),
        (http_api_event, 3_000_000, 500),
    ],
)
def test_a_response_over_the_limit_is_a_problem_and_one_below_is_never_lost_to_its_encoding(
    invoke: Container, build: EventBuilder, length: int, status: int
) -> None:
    limit = 1_000_000 if build is load_balancer_event else 6_000_000
    query = [("character", "é"), ("length", str(length))]
    answer = invoke.raw(build("GET", "/text", query=query))
    assert answer["statusCode"] == status
    assert len(json.dumps(answer)) <= limit
    if status == 200:
        # Two bytes a character, but six in JSON: as text it would have been too large.
        assert answer["isBase64Encoded"] == (length * 6 > limit)
    else:
        assert json.loads(answer["body"])["code"] == "response_too_large"


def test_bytes_over_the_limit_are_a_problem_too() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Response(bytes(800_000), media_type="image/png")(scope, receive, send)

    with in_thread(lambda_handler(lambda: app)) as invoke:
        assert_problem(invoke(load_balancer_event("GET", "/")), 500, "response_too_large")


@BUILDERS
@pytest.mark.parametrize("path", ["/fail", "/half", "/half/crash"])
def test_a_failing_application_is_a_problem_that_quotes_nothing(
    build: EventBuilder, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = RequestContext(half_answer) if path.startswith("/half") else echo_app()
    with in_thread(lambda_handler(lambda: app)) as invoke:
        answer = invoke(build("GET", path))
    assert_problem(answer, 500, "internal_error")
    assert b"what somebody wrote" not in answer.body
    output = capsys.readouterr()
    assert "what somebody wrote" not in output.out + output.err


def test_one_event_loop_serves_every_invocation() -> None:
    loops = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        loops.append(asyncio.get_running_loop())
        await Response()(scope, receive, send)

    with in_thread(lambda_handler(lambda: app)) as invoke:
        for build in (load_balancer_event, http_api_event):
            assert invoke(build("GET", "/")).status == 200
    assert len(loops) == 2
    assert loops[0] is loops[1]


def test_a_handler_may_be_called_from_another_thread_than_the_last_time() -> None:
    handler = lambda_handler(echo_app)
    for _ in range(3):
        with ThreadPoolExecutor(max_workers=1) as thread:
            answer = thread.submit(handler, load_balancer_event("GET", "/"), None).result()
        assert answer["statusCode"] == 200
    handler.close()


def test_an_invocation_has_written_its_one_access_line_when_it_ends(
    invoke: Container, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    # What is not written by then waits until the container is thawed, perhaps for ever.
    with caplog.at_level("INFO"):
        invoke(load_balancer_event("GET", "/"))
        (line,) = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["message"], json.loads(line)["status"]) == ("request", 200)
    assert [record.name for record in caplog.records if record.name != "ovation"] == []


def test_the_application_is_built_at_import_in_a_lambda_and_at_first_use_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built = []

    def factory() -> RequestContext:
        built.append(1)
        return echo_app()

    handler = lambda_handler(factory)
    handler.close()
    assert built == []
    with in_thread(handler) as invoke:
        invoke(load_balancer_event("GET", "/"))
        invoke(load_balancer_event("GET", "/"))
    assert built == [1]
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "ovation-cast-vote")
    with ThreadPoolExecutor(max_workers=1) as container:
        container.submit(lambda: lambda_handler(factory).close()).result()
    assert built == [1, 1]


def test_importing_the_adapter_does_not_load_mangum() -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "import shared.http.lambda_adapter, sys; print('mangum' in sys.modules)",
        ],
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "False"
