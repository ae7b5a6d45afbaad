"""A whole session at the most talkative log level: no credential and no word of anybody is logged."""

import asyncio
import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from scripts.local.postgresql import Cluster
from tests.support.api import Api, Json, quiz_question
from tests.support.databases import migrated_database, organizer_key_in, run_sql
from tests.support.log_lines import access_lines
from tests.support.server import Server, running_server

REFUSED = "marker-refused-by-the-database"


async def hold_session(api: Api) -> list[str]:
    """Walk through a session in which everything that people write has `marker`; return the secrets."""
    key, body = api.organizer_key, {"title": "marker-title"}
    event: Json = (await api.call("POST", "/v1/events", key, body)).json()
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, key, {"status": "live"})
    member = {"role": "moderator", "name": "marker-member"}
    moderator = (await api.call("POST", f"{path}/members", key, member)).json()["token"]
    voter = await api.join(event, "marker-display-name")
    poll = await api.make_poll(event, "marker-option", "marker-other", prompt="marker-prompt")
    assert (await api.vote(voter, poll, 0)).status_code == 200
    assert (await api.vote(await api.join(event, REFUSED), poll, 0)).status_code == 500
    for kind, vote in (("word_cloud", {"words": ["marker"]}), ("open_text", {"text": "marker"})):
        other = await api.make_poll(event, kind=kind, prompt="marker-prompt")
        assert (await api.answer(voter, other, **vote)).status_code == 200
        assert (await api.answer(voter, other, **vote, rating=1)).status_code == 422
    asked = quiz_question("marker-right", "marker-wrong", prompt="marker-prompt")
    quiz = await api.make_quiz(event, asked, title="marker-title")
    assert (await api.choose(voter, quiz["questions"][0], 0, stamp="marker")).status_code == 200
    await api.run_quiz(quiz, "reveal")
    once = {"Idempotency-Key": "marker-idempotency-key"}
    question = {"body": "marker-question"}
    questioned = await api.call("POST", f"{path}/questions", voter.token, question, headers=once)
    replies = f"/v1/questions/{questioned.json()['id']}/replies"
    reply = await api.call("POST", replies, moderator, {"body": "marker-reply"})
    assert (questioned.status_code, reply.status_code) == (201, 201)
    new_key = await api.call("POST", "/v1/api-keys", key, {"name": "marker-key-name"})
    assert (await api.changes(event, token=moderator))["changes"]
    await refused_in_every_way(api, path, voter.token, event["join_code"])
    return [key, moderator, voter.token, voter.id, event["join_code"], new_key.json()["key"]]


async def refused_in_every_way(api: Api, path: str, token: str, join_code: str) -> None:
    """Make the calls that fail, each with words that must not be logged."""
    refused = {"body": REFUSED}
    expected = {
        500: api.call("POST", f"{path}/questions", token, refused),
        401: api.call("GET", f"{path}/me", "ovp_marker.marker.marker"),
        403: api.call("POST", "/v1/events", token, {"title": "marker-title"}),
        404: api.call("GET", "/marker-path?marker-query=marker", headers={"Referer": "/marker"}),
        405: api.call("PUT", "/v1/join", None, {"join_code": join_code}),
        413: api.call("POST", "/v1/join", None, {"join_code": "marker" * 20_000}),
        422: api.call("POST", "/v1/join", None, {"join_code": join_code, "marker-field": "marker"}),
    }
    for status, call in expected.items():
        assert (await call).status_code == status
    malformed = await api.client.post("/v1/join", content=b'{"join_code": "marker')
    assert malformed.status_code == 422


def send_nonsense(server: Server) -> None:
    """Send what is no HTTP."""
    address = urlsplit(server.base_url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"marker marker marker\r\n\r\n")
        assert b"400" in connection.recv(1_000)


async def test_no_log_line_holds_a_credential_or_what_somebody_wrote(
    cluster: Cluster, tmp_path: Path
) -> None:
    with migrated_database(cluster) as url:
        run_sql(url, f"ALTER TABLE questions ADD CHECK (body <> '{REFUSED}')")
        run_sql(url, f"ALTER TABLE participants ADD CHECK (display_name <> '{REFUSED}')")
        key = await organizer_key_in(url, "marker-organizer")
        settings = {"LOG_LEVEL": "DEBUG", "METRICS_ENABLED": "true", "DATABASE_URL": url}
        with running_server(tmp_path / "log", **settings) as server:
            async with httpx.AsyncClient(
                base_url=server.base_url, headers={"User-Agent": "marker-agent"}, timeout=30
            ) as client:
                secrets = await hold_session(Api(client, key))
            assert access_lines(server, operation="ask_question", status=500)
            assert access_lines(server, operation="cast_vote", status=500)
            await asyncio.to_thread(send_nonsense, server)
            server.stop()
            log = server.text().lower()
    assert len(log.splitlines()) > 20
    for secret in ["marker", url.split(":")[2].split("@")[0], *secrets]:
        assert secret.lower() not in log, f"{secret} was logged"
    assert json.dumps("unhandled") in log
