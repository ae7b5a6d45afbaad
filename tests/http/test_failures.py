"""What nobody expected: the client gets a problem, the log gets the place, nobody gets the text."""

import traceback
from io import StringIO

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.http.app import build_app
from shared.http.endpoint import endpoint_router
from shared.http.request_context import AnswerFailures, BrokenOff
from tests.support.log_lines import json_lines
from tests.support.problems import check_problem
from tests.support.settings import changed_settings

router = endpoint_router("test")
ORIGIN = "https://page.example"


@router.get("/fail")
async def fail() -> None:
    """Fail with a text that must not be seen."""
    raise RuntimeError("Marker")


async def test_a_failure_is_answered_by_a_problem_that_a_page_of_an_allowed_origin_may_read(
    logged: StringIO,
) -> None:
    with changed_settings(cors_allowed_origins=ORIGIN):
        transport = httpx.ASGITransport(build_app([router]))
    async with httpx.AsyncClient(transport=transport, base_url="http://ovation.test") as client:
        response = await client.get("/fail", headers={"Origin": ORIGIN})
    problem = check_problem(response, 500, "internal_error")
    assert problem["detail"] == "Something went wrong on our side."
    assert response.headers["access-control-allow-origin"] == ORIGIN
    (line,) = json_lines(logged.getvalue())
    assert line["message"] == "unhandled"
    assert line["error_type"] == "builtins.RuntimeError"
    assert line["frames"][-1].endswith(" fail")
    assert line["request_id"] == problem["request_id"]
    assert "Marker" not in logged.getvalue() + response.text


async def test_a_failure_amid_a_response_breaks_it_off_without_the_text(logged: StringIO) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("Marker")

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(BrokenOff) as broken:
        await AnswerFailures(app)({"type": "http", "state": {}}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "Marker" not in "".join(traceback.format_exception(broken.value))
    assert "Marker" not in logged.getvalue()
    assert json_lines(logged.getvalue())[0]["error_type"] == "builtins.RuntimeError"
