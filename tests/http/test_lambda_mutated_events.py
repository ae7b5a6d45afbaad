"""No event makes the adapter raise: what is no HTTP request gets a problem."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.http.lambda_adapter import lambda_handler
from tests.support.echo_app import echo_app
from tests.support.lambda_events import (
    Answer,
    answer_of,
    assert_problem,
    http_api_event,
    load_balancer_event,
)
from tests.support.lambda_thread import Container, in_thread

Path = tuple[str | int, ...]

# As JSON can hold it: lone surrogates too.
_HOSTILE = st.sampled_from(
    ["", "%", "%FF", "\ud800", "a:b:c", "\r\nset-cookie: a=1", "\x00", "2.0", "[::1]:80", "é"]
)
_TEXT = _HOSTILE | _HOSTILE | st.text(st.characters(), max_size=20)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_EVENTS = [
    {
        **load_balancer_event("PUT", "/v1/polls/1/vote", query=[("a", "1")], json={"words": []}),
        "headers": {"host": "ovation.test"},
        "queryStringParameters": {"a": "1"},
    },
    load_balancer_event("POST", "/", body=b"{}", headers={"cookie": "a=1"}),
    {**http_api_event("POST", "/v1/join", query=[("a", "1")], body=b"{}"), "cookies": ["a=1"]},
]


@pytest.fixture(scope="module")
def invoke() -> Iterator[Container]:
    with in_thread(lambda_handler(echo_app)) as invoke:
        yield invoke


@st.composite
def _mutated(draw: st.DrawFn) -> Any:
    event: Any = copy.deepcopy(draw(st.sampled_from(_EVENTS)))
    for _ in range(draw(st.integers(min_value=1, max_value=2))):
        *parents, last = draw(st.sampled_from(list(_paths(event))))
        holder = event
        for step in parents:
            holder = holder[step]
        # Mostly text for text: what is refused at the first glance reaches nothing behind it.
        like = _TEXT if isinstance(holder[last], str) else _JSON
        kind = draw(st.sampled_from(["like", "like", "like", "any", "absent"]))
        if kind == "absent":
            del holder[last]
        else:
            holder[last] = draw(like if kind == "like" else _JSON)
    return event


def _paths(value: Any, so_far: Path = ()) -> Iterator[Path]:
    steps: Any = ()
    if isinstance(value, dict):
        steps = value
    elif isinstance(value, list):
        steps = range(len(value))
    for step in steps:
        yield (*so_far, step)
        yield from _paths(value[step], (*so_far, step))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(event=_mutated())
def test_a_mutated_event_is_served_or_refused(invoke: Container, event: Any) -> None:
    before = copy.deepcopy(event)
    answer = _whole_answer(invoke.raw(event))
    assert answer.status in (200, 400, 404, 405)
    assert repr(event) == repr(before)


def test_an_address_that_is_no_text_is_refused(invoke: Container) -> None:
    event = http_api_event("GET", "/")
    event["requestContext"]["http"]["sourceIp"] = "\ud800"
    assert_problem(_whole_answer(invoke.raw(event)), 400, "bad_request")


@settings(max_examples=100, deadline=None)
@given(event=_JSON)
def test_a_value_that_is_no_event_is_refused(invoke: Container, event: Any) -> None:
    assert_problem(_whole_answer(invoke.raw(event)), 400, "bad_request")


@pytest.mark.parametrize(
    "event",
    [
        {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
        {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}},
        {"version": "1.0", "resource": "/", "httpMethod": "GET", "path": "/", "requestContext": {}},
        {"version": "2.0", "requestContext": {"http": {}}},
        {"requestContext": {"elb": {}}},
        {"Records": [{"cf": {"request": {"uri": "/"}}}]},
    ],
)
def test_the_events_of_other_services_are_refused(invoke: Container, event: Any) -> None:
    assert_problem(_whole_answer(invoke.raw(event)), 400, "bad_request")


def _whole_answer(response: dict[str, Any]) -> Answer:
    # The runtime sends JSON, and the caller takes text for headers.
    answer = answer_of(json.loads(json.dumps(response, allow_nan=False)))
    assert all(isinstance(value, str) for values in answer.headers.values() for value in values)
    assert answer.header("x-request-id")
    return answer
