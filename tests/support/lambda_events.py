"""The events that invoke a Lambda for an HTTP request, and what it answers to them."""

import base64
import json as json_module
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import pytest

Pairs = Sequence[tuple[str, str]]
CLIENT = "198.51.100.7"


class EventBuilder(Protocol):
    """Makes the event of one request."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Pairs = (),
        headers: Mapping[str, str] | None = None,
        json: object = None,
        body: bytes | None = None,
    ) -> dict[str, Any]: ...


def load_balancer_event(
    method: str,
    path: str,
    *,
    query: Pairs = (),
    headers: Mapping[str, str] | None = None,
    json: object = None,
    body: bytes | None = None,
) -> dict[str, Any]:
    """Return what an Application Load Balancer sends, multi-value headers on."""
    text, encoded = _body(json, body)
    parameters: dict[str, list[str]] = {}
    for name, value in query:
        # A load balancer leaves the query percent-encoded.
        parameters.setdefault(quote(name), []).append(quote(value))
    sent = {"host": "ovation.test", "x-forwarded-for": CLIENT, "x-forwarded-port": "443"}
    sent |= {"x-forwarded-proto": "https", **_sent(headers, json)}
    arn = (
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/burst/0123456789abcdef"
    )
    return {
        "requestContext": {"elb": {"targetGroupArn": arn}},
        "httpMethod": method,
        "path": path,
        "multiValueQueryStringParameters": parameters,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "body": text,
        "isBase64Encoded": encoded,
    }


def http_api_event(
    method: str,
    path: str,
    *,
    query: Pairs = (),
    headers: Mapping[str, str] | None = None,
    json: object = None,
    body: bytes | None = None,
) -> dict[str, Any]:
    """Return what an API Gateway HTTP API sends, payload format 2.0."""
    text, encoded = _body(json, body)
    sent = {"host": "ovation.test", "x-forwarded-for": CLIENT, "x-forwarded-port": "443"}
    sent |= {"x-forwarded-proto": "https", **_sent(headers, json)}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query),
        "headers": sent,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api-id",
            "stage": "$default",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": CLIENT,
                "userAgent": "agent",
            },
        },
        "isBase64Encoded": encoded,
    }
    # An HTTP API leaves out what a request does not have.
    if text:
        event["body"] = text
    return event


# A test that takes `build` runs with either.
BUILDERS = pytest.mark.parametrize("build", [load_balancer_event, http_api_event])


def _sent(headers: Mapping[str, str] | None, json: object) -> dict[str, str]:
    content = {} if json is None else {"content-type": "application/json"}
    return content | {name.lower(): value for name, value in (headers or {}).items()}


def _body(json: object, body: bytes | None) -> tuple[str, bool]:
    if body is not None:
        return base64.b64encode(body).decode(), True
    return ("" if json is None else json_module.dumps(json)), False


@dataclass(frozen=True)
class Answer:
    """A Lambda's answer as an HTTP client sees it; header names are in lower case."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return the only value of a header."""
        (value,) = self.headers[name]
        return value

    def json(self) -> Any:
        """Return the parsed body."""
        return json_module.loads(self.body)


def answer_of(response: Mapping[str, Any]) -> Answer:
    """Read the answer that a load balancer or an HTTP API would pass on."""
    headers: dict[str, list[str]] = {}
    for name, value in (response.get("headers") or {}).items():
        headers.setdefault(name.lower(), []).append(value)
    for name, values in (response.get("multiValueHeaders") or {}).items():
        headers.setdefault(name.lower(), []).extend(values)
    if response.get("cookies"):
        headers["set-cookie"] = list(response["cookies"])
    text = response.get("body") or ""
    body = base64.b64decode(text) if response["isBase64Encoded"] else text.encode()
    return Answer(response["statusCode"], headers, body)


def assert_problem(answer: Answer, status: int, code: str) -> None:
    """Fail unless the answer is a whole problem of this status and code."""
    assert answer.status == status
    assert answer.header("content-type") == "application/problem+json"
    assert answer.header("x-request-id") == answer.json()["request_id"]
    assert answer.header("x-content-type-options") == "nosniff"
    assert (answer.json()["status"], answer.json()["code"]) == (status, code)
