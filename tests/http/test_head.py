"""HEAD: what GET says in its headers, and nothing else."""

import asyncio

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.http.head import AnswerHead
from tests.support.api import Api
from tests.support.served import HOST, without_its_own
from tests.support.words import Connection, logged_of

# What no two answers have in common.
_OWN = {"x-request-id", "date"}


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/v1/openapi.json", "/health/live", "/health/ready"]
)
async def test_what_can_be_read_can_be_asked_about(client: httpx.AsyncClient, path: str) -> None:
    await asks_alike(client, path, status=200)


async def test_a_feed_that_did_not_change_is_304(client: httpx.AsyncClient, api: Api) -> None:
    path = f"/v1/events/{(await api.make_event())['id']}/changes"
    etag = (await client.get(path)).headers["etag"]
    await asks_alike(client, path, status=200)
    await asks_alike(client, path, status=304, headers={"If-None-Match": etag})


@pytest.mark.parametrize(("path", "status"), [("/v1/events", 401), ("/nothing", 404)])
async def test_what_get_may_not_head_may_not(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    await asks_alike(client, path, status=status)


async def test_what_cannot_be_read_cannot_be_asked_about(client: httpx.AsyncClient) -> None:
    refused = await client.head("/v1/join")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


async def asks_alike(
    client: httpx.AsyncClient, path: str, *, status: int, headers: dict[str, str] | None = None
) -> None:
    """Check that HEAD of a path has the status and the headers of GET, and no body."""
    got = await client.get(path, headers=headers)
    asked = await client.head(path, headers=headers)
    assert (got.status_code, asked.status_code, asked.content) == (status, status, b"")
    assert told(asked) == told(got)


def told(answer: httpx.Response) -> dict[str, str]:
    """Return an answer's headers that another one has as well."""
    return {name: value for name, value in answer.headers.items() if name not in _OWN}


async def test_no_body_is_handed_to_the_server_either() -> None:
    sent: list[Message] = []

    async def find(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["method"] == "GET"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await AnswerHead(find)({"type": "http", "method": "HEAD"}, receive, send)
    assert [message.get("body") for message in sent] == [None, b"", b""]
    assert [message.get("more_body") for message in sent] == [None, True, None]


async def test_the_connection_goes_on_and_the_log_says_what_was_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    connection = Connection()
    asked = b"%b /v1/others HTTP/1.1\r\n" + HOST + b"\r\n"
    head = await connection.answers(asked % b"HEAD")
    got = await connection.answers(asked % b"GET")
    assert got.endswith(b'"word":"other"}') and head.endswith(b"\r\n\r\n")
    assert without_its_own(got).startswith(without_its_own(head))
    await asyncio.sleep(0.06)
    lines = logged_of(connection, capsys.readouterr().out)
    said = [(line["method"], line["operation"], line["status"]) for line in lines]
    assert said == [("HEAD", "find_other", 200), ("GET", "find_other", 200)]
    await connection.end()
