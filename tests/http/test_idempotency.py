"""Idempotency-Key: what creates, creates once, however often and at however many times it is sent."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from tests.support.api import Api, Json
from tests.support.application import new_organizer_key
from tests.support.calls import CALLS
from tests.support.problems import check_problem
from tests.support.stage import Stage, set_stage
from tests.support.tables import fingerprint, query, tables_that_mention

CREATING = [name for name, call in CALLS.items() if call.status == 201]


def new_key() -> str:
    return str(uuid4())


async def creator(stage: Stage, operation: str) -> str:
    """Return the token of somebody who may create."""
    role = "participant" if operation == "ask_question" else "organizer"
    return stage.tokens[role]


async def send(
    stage: Stage, operation: str, token: str, key: str, **changes: Json
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    return await stage.call(operation, None, headers=headers, **changes)


async def make_event(api: Api, key: str, body: Json | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key}
    title = body or {"title": "Once"}
    return await api.call("POST", "/v1/events", api.organizer_key, title, headers=headers)


def test_every_creation_takes_a_key() -> None:
    assert set(CREATING) == {
        "create_api_key",
        "create_event",
        "add_member",
        "create_announcement",
        "create_poll",
        "create_quiz",
        "ask_question",
        "reply_to_question",
    }


@pytest.mark.parametrize("operation", CREATING)
async def test_the_same_request_again_gets_the_same_answer_and_creates_nothing(
    operation: str, api: Api
) -> None:
    stage, key = await set_stage(api), new_key()
    token = await creator(stage, operation)
    first = await send(stage, operation, token, key)
    assert first.status_code == 201
    assert "idempotency-replayed" not in first.headers
    before = await fingerprint()

    for _ in range(3):
        again = await send(stage, operation, token, key)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["content-type"] == "application/json"
        assert again.headers["x-request-id"] != first.headers["x-request-id"]

    assert await fingerprint() == before


@pytest.mark.parametrize("operation", CREATING)
async def test_without_a_key_the_same_request_creates_again(operation: str, api: Api) -> None:
    stage = await set_stage(api)
    token = await creator(stage, operation)

    first, second = [await stage.call(operation, token) for _ in range(2)]

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content != second.content


@pytest.mark.parametrize("operation", CREATING)
async def test_two_at_once_create_one(operation: str, api: Api) -> None:
    stage, key = await set_stage(api), new_key()
    token = await creator(stage, operation)

    answers = await asyncio.gather(*(send(stage, operation, token, key) for _ in range(6)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert ["idempotency-replayed" in answer.headers for answer in answers].count(False) == 1


@pytest.mark.parametrize("operation", CREATING)
async def test_nothing_of_the_answer_or_the_key_is_stored_in_clear(
    operation: str, api: Api
) -> None:
    stage, key = await set_stage(api), new_key()
    token = await creator(stage, operation)
    made = (await send(stage, operation, token, key)).json()
    secrets = [made[name] for name in ("key", "token") if name in made]

    assert await tables_that_mention(key, token, *secrets, *(s[4:] for s in secrets)) == {}
    written = [value for name, value in made.items() if name in ("name", "title", "prompt", "body")]
    found = await tables_that_mention(*written)
    assert "idempotency_keys" not in found


async def test_a_key_with_another_body_is_422_and_creates_nothing(api: Api) -> None:
    key = new_key()
    first = await make_event(api, key)
    before = await fingerprint()

    for body in ({"title": "Twice"}, {"title": "Once", "settings": {"question_moderation": True}}):
        problem = check_problem(await make_event(api, key, body), 422, "idempotency_key_reused")
        assert [error["location"] for error in problem["errors"]] == [["header", "Idempotency-Key"]]

    assert await fingerprint() == before
    assert (await make_event(api, key)).content == first.content


async def test_a_key_on_another_path_is_422(api: Api) -> None:
    one, other = await api.make_event(), await api.make_event()
    headers, body = {"Idempotency-Key": new_key()}, {"role": "host", "name": "Ada"}

    async def add(event: Json) -> httpx.Response:
        path = f"/v1/events/{event['id']}/members"
        return await api.call("POST", path, api.organizer_key, body, headers=headers)

    assert (await add(one)).status_code == 201
    check_problem(await add(other), 422, "idempotency_key_reused")
    assert await query("SELECT 1 FROM members WHERE event_id = :id", id=other["id"]) == []


async def test_the_same_body_in_other_words_is_the_same(api: Api) -> None:
    key = new_key()
    first = await make_event(api, key, {"title": "Once", "settings": {}})

    again = await make_event(api, key, {"settings": {}, "title": "  Once "})

    assert again.content == first.content


async def test_the_key_of_another_credential_is_another_key(api: Api) -> None:
    key = new_key()
    second_key = await api.call("POST", "/v1/api-keys", api.organizer_key, {"name": "second"})
    tokens = [api.organizer_key, second_key.json()["key"], await new_organizer_key("Elsewhere")]

    made = [await make_event(Api(api.client, token), key) for token in tokens]

    assert [answer.status_code for answer in made] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in made}) == 3
    for token, answer in zip(tokens, made, strict=True):
        assert (await make_event(Api(api.client, token), key)).content == answer.content


async def test_the_key_is_the_credentials_however_its_header_is_written(api: Api) -> None:
    headers = {"Idempotency-Key": new_key()}
    made = [
        await api.client.post(
            "/v1/events",
            json={"title": "Once"},
            headers={**headers, "Authorization": f"{scheme} {api.organizer_key}"},
        )
        for scheme in ("Bearer", "bearer", "BEARER ")
    ]

    assert {answer.status_code for answer in made} == {201}
    assert len({answer.content for answer in made}) == 1


async def test_a_refusal_is_not_kept(api: Api) -> None:
    event = await api.make_event(allow_anonymous_questions=False)
    author, path = await api.join(event), f"/v1/events/{event['id']}"
    headers, body = {"Idempotency-Key": new_key()}, {"body": "Who?", "anonymous": True}

    async def ask() -> httpx.Response:
        return await api.call("POST", f"{path}/questions", author.token, body, headers=headers)

    check_problem(await ask(), 422, "invalid_request")
    allowed = {"settings": {"allow_anonymous_questions": True}}
    assert (await api.call("PATCH", path, api.organizer_key, allowed)).is_success
    asked = await ask()
    assert (asked.status_code, "idempotency-replayed" in asked.headers) == (201, False)

    await api.call("PATCH", path, api.organizer_key, {"status": "ended"})
    assert (await ask()).content == asked.content


async def test_a_replay_needs_the_credential_still(api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/members"
    host = {"role": "host", "name": "Ada"}
    member = (await api.call("POST", path, api.organizer_key, host)).json()
    headers, added = {"Idempotency-Key": new_key()}, {"role": "host", "name": "Second"}
    assert (await api.call("POST", path, member["token"], added, headers=headers)).is_success
    await api.call("DELETE", f"{path}/{member['member_id']}", api.organizer_key)

    again = await api.call("POST", path, member["token"], added, headers=headers)

    check_problem(again, 401, "not_authenticated")


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "caf\u00e9", "a\tb", "\x7f"])
async def test_a_key_that_is_none_is_422_and_creates_nothing(key: str, api: Api) -> None:
    before = await fingerprint()

    refused = await api.client.post(
        "/v1/events",
        json={"title": "Once"},
        headers=[
            (b"Authorization", f"Bearer {api.organizer_key}".encode()),
            (b"Idempotency-Key", key.encode("latin-1")),
        ],
    )

    problem = check_problem(refused, 422, "invalid_request")
    assert problem["errors"][0]["location"] == ["header", "Idempotency-Key"]
    assert await fingerprint() == before


@pytest.mark.parametrize("key", ["x", "x" * 255, "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"])
async def test_any_visible_ascii_is_a_key(key: str, api: Api) -> None:
    own = Api(api.client, await new_organizer_key(f"Organizer {new_key()}"))

    assert (await make_event(own, key)).status_code == 201
    assert "idempotency-replayed" in (await make_event(own, key)).headers


async def test_answers_are_kept_for_a_day(api: Api) -> None:
    from shared.db.engines import write_session

    ages = {"23 hours 59 minutes": new_key(), "24 hours 1 minute": new_key()}
    first = {}
    for age, key in ages.items():
        first[age] = await make_event(api, key)
        async with write_session() as session:
            newest = "(SELECT max(created_at) FROM idempotency_keys)"
            sql = f"UPDATE idempotency_keys SET created_at = now() - interval '{age}'"
            await session.execute(text(f"{sql} WHERE created_at = {newest}"))

    again = {age: await make_event(api, key) for age, key in ages.items()}

    assert again["23 hours 59 minutes"].content == first["23 hours 59 minutes"].content
    assert again["24 hours 1 minute"].content != first["24 hours 1 minute"].content
    old = "SELECT 1 FROM idempotency_keys WHERE created_at < now() - interval '24 hours'"
    assert await query(old) == []
