"""The application sees the request that the client sent, whatever form the event has."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.http.lambda_adapter import lambda_handler
from tests.support.echo_app import echo_app
from tests.support.lambda_events import (
    BUILDERS,
    CLIENT,
    EventBuilder,
    assert_problem,
    load_balancer_event,
)
from tests.support.lambda_thread import Container, in_thread


@pytest.fixture(scope="module")
def invoke() -> Iterator[Container]:
    with in_thread(lambda_handler(echo_app)) as invoke:
        yield invoke


@BUILDERS
def test_the_application_sees_the_request_that_was_sent(
    invoke: Container, build: EventBuilder
) -> None:
    event = build(
        "PUT",
        "/v1/polls/1/vote",
        query=[("since", "a b&c=é"), ("since", "2"), ("empty", "")],
        headers={"Accept": "text/html", "Cookie": "a=1; b=2"},
        json={"option_ids": ["é"]},
    )
    answer = invoke(event)
    assert answer.status == 200
    assert answer.header("content-type") == "application/json"
    seen = answer.json()
    assert (seen["method"], seen["path"], seen["host"]) == (
        "PUT",
        "/v1/polls/1/vote",
        "ovation.test",
    )
    assert seen["url"].startswith("https://ovation.test/v1/polls/1/vote?")
    assert seen["query"] == [["since", "a b&c=é"], ["since", "2"], ["empty", ""]]
    assert (seen["accept"], seen["cookies"]) == (["text/html"], {"a": "1", "b": "2"})
    assert seen["client"] == CLIENT
    assert json.loads(base64.b64decode(seen["body"])) == {"option_ids": ["é"]}


@BUILDERS
def test_a_body_in_base64_arrives_as_bytes(invoke: Container, build: EventBuilder) -> None:
    every_byte = bytes(range(256))
    seen = invoke(build("POST", "/", body=every_byte)).json()
    assert base64.b64decode(seen["body"]) == every_byte


@BUILDERS
@pytest.mark.parametrize("body", ["%%%", "abc", "é", "ab\ncd", "\ud800"])
def test_a_body_that_is_not_the_base64_it_claims_is_a_400(
    invoke: Container, build: EventBuilder, body: str
) -> None:
    answer = invoke({**build("POST", "/"), "body": body, "isBase64Encoded": True})
    assert_problem(answer, 400, "bad_request")


@BUILDERS
@pytest.mark.parametrize(
    "host", ["[2001:db8::1]:8443", "[2001:db8::1]", "10.0.0.5:80", "ovation.test"]
)
def test_any_form_of_host_is_passed_on(invoke: Container, build: EventBuilder, host: str) -> None:
    assert invoke(build("GET", "/", headers={"host": host})).json()["host"] == host


@BUILDERS
@pytest.mark.parametrize("host", ["a:b:c", "a:port", "a b", "[::1", ""])
def test_a_malformed_host_is_dropped(invoke: Container, build: EventBuilder, host: str) -> None:
    assert invoke(build("GET", "/", headers={"host": host})).json()["host"] is None


@BUILDERS
def test_forwarded_values_of_a_proxy_that_make_no_sense_are_dropped(
    invoke: Container, build: EventBuilder
) -> None:
    headers = {"x-forwarded-port": "http", "x-forwarded-proto": "gopher"}
    assert invoke(build("GET", "/", headers=headers)).json()["url"] == "https://ovation.test/"


@pytest.mark.parametrize("absent", [{}, {"multiValueHeaders": None}, {"headers": None}])
def test_a_load_balancer_event_without_headers_is_served(
    invoke: Container, absent: dict[str, Any]
) -> None:
    event = {**load_balancer_event("GET", "/health"), **absent}
    if not absent:
        del event["multiValueHeaders"]
    for name in ("multiValueQueryStringParameters", "body", "isBase64Encoded"):
        del event[name]
    answer = invoke(event)
    assert (answer.status, answer.json()["path"]) == (200, "/health")


def test_a_health_check_is_served(invoke: Container) -> None:
    event = load_balancer_event("GET", "/health")
    event["multiValueHeaders"] = {"user-agent": ["ELB-HealthChecker/2.0"]}
    assert invoke(event).status == 200


def test_repeated_headers_and_null_values_are_kept_and_skipped(invoke: Container) -> None:
    event = load_balancer_event("GET", "/")
    event["multiValueHeaders"] = {"Accept": ["a", None, "b"], "ACCEPT": ["c"], "empty": None}
    assert invoke(event).json()["accept"] == ["a", "b", "c"]


@BUILDERS
@pytest.mark.parametrize(
    "headers",
    [{"na me": "a"}, {"": "a"}, {"näme": "a"}, {"a": "b\r\nc: d"}, {"a": "\x00"}, {"a": "\ud800"}],
)
def test_a_malformed_header_is_a_400(
    invoke: Container, build: EventBuilder, headers: dict[str, str]
) -> None:
    assert_problem(invoke(build("GET", "/", headers=headers)), 400, "bad_request")


@BUILDERS
@pytest.mark.parametrize("headers", ["a: b", [["a", "b"]], {"a": {"b": "c"}}, {"a": [["b"]]}])
def test_headers_of_another_shape_are_a_400(
    invoke: Container, build: EventBuilder, headers: object
) -> None:
    event = build("GET", "/")
    event["multiValueHeaders" if "multiValueHeaders" in event else "headers"] = headers
    assert_problem(invoke(event), 400, "bad_request")


@BUILDERS
@pytest.mark.parametrize("method", ["", "G ET", "GET\r\n", "GÉT"])
def test_a_malformed_method_is_a_400(invoke: Container, build: EventBuilder, method: str) -> None:
    assert_problem(invoke(build(method, "/")), 400, "bad_request")


@BUILDERS
@pytest.mark.parametrize("part", ["path", "body"])
def test_text_that_is_not_unicode_is_a_400(
    invoke: Container, build: EventBuilder, part: str
) -> None:
    event = build("POST", "/\ud800" if part == "path" else "/")
    if part == "body":
        event["body"] = "\ud800"
    assert_problem(invoke(event), 400, "bad_request")


def test_a_number_among_the_headers_is_its_text(invoke: Container) -> None:
    event = load_balancer_event("GET", "/")
    event["multiValueHeaders"]["accept"] = [1]
    assert invoke(event).json()["accept"] == ["1"]
