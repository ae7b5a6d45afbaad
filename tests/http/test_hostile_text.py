"""Text that means harm: stored and given back as it is, never interpreted, or refused."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from tests.support.api import Api, Json, quiz_question
from tests.support.feed import read_page
from tests.support.problems import check_problem
from tests.support.stage import Stage, set_stage

VERBATIM = {
    "HTML": "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "HTML entities": "&lt;b&gt; &amp;amp; &#x3c;",
    "SQL": "Robert'); DROP TABLE votes; -- \" \\",
    "LIKE": "100%_\\%",
    "formats": "%s %n %(x)s {0} {self.__class__} ${jndi:ldap://x} $1 {{7*7}} #{7*7} <%= 7 %>",
    "a shell": "; rm -rf / & `id` $(id) | cat > x",
    "a path": "../../../etc/passwd",
    "a formula": '=HYPERLINK("http://x","y")',
    "JSON": '{"a": [1, null], "b": "\\u0000 \\n"}',
    "header injection": "x Set-Cookie: a=b",
    "right to left": "\u202etxt.exe\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "emoji": "\U0001f469\u200d\U0001f467 \U0001f3f4\u200d\u2620\ufe0f \U0001f1e9\U0001f1ea \u2764\ufe0f",
    "piled marks": "Z\u0351\u036b\u0313\u036a\u0302 a",
    "zero width inside": "a\u200b\u2060b",
    "beyond the plane": "\U0001d54f\U0002070e \U0010fffd",
    "no characters": "\ufffe \uffff \ufdd0 a",
    "a long word": "w" * 70,
    "booleans": "true",
    "a number": "007",
    "nothing": "null",
}
CLEANED = {
    "accents apart": ("Cafe\u0301 \u1112\u1161\u11ab", "Caf\u00e9 \ud55c"),
    "an accent behind a control": ("e\x01\u0301", "\u00e9"),
    "controls": ("a\x07b\x1b[31mc\x7fd\x80e", "ab[31mcde"),
    "space around": ("\u3000 \t a b \u00a0\n", "a b"),
    "angstrom": ("\u212b", "\u00c5"),
}
REFUSED = {
    "NUL": "a\x00b",
    "zero width only": "\u200b\u200c\u200d\u2060\ufeff",
    "directions only": "\u202e\u202c\u2066\u2069",
    "spaces only": " \u00a0\u2003\u3000\t",
    "controls only": "\x01\x02\x1b",
    "a joiner only": "\u034f\ufe0f",
    "fillers only": "\u3164\u115f\uffa0\u2800",
    "a soft hyphen only": "\u00ad",
    "an accent only": "\u0301",
}

Write = Callable[[Stage, str], Awaitable[tuple[httpx.Response, Any]]]


async def _call(
    stage: Stage, method: str, path: str, body: Json, token: str | None = None
) -> httpx.Response:
    path = path.format_map(stage.ids)
    return await stage.api.call(method, path, token or stage.tokens["organizer"], body)


def _written(answer: httpx.Response, field: str) -> Any:
    return answer.json().get(field) if answer.is_success else None


async def write_key_name(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    answer = await _call(stage, "POST", "/v1/api-keys", {"name": text})
    listed = await stage.api.call(
        "GET", "/v1/api-keys", stage.tokens["organizer"], params={"limit": 1}
    )
    return answer, listed.json()["api_keys"][0]["name"]


async def write_title(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    answer = await _call(stage, "POST", "/v1/events", {"title": text})
    return answer, _written(answer, "title")


async def write_new_title(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    answer = await _call(stage, "PATCH", "/v1/events/{event_id}", {"title": text})
    return answer, _written(answer, "title")


async def write_member_name(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    body = {"role": "moderator", "name": text}
    answer = await _call(stage, "POST", "/v1/events/{event_id}/members", body)
    if not answer.is_success:
        return answer, None
    reply = "/v1/questions/{question_id}/replies"
    replied = await _call(stage, "POST", reply, {"body": "Yes."}, answer.json()["token"])
    return answer, replied.json()["author_name"]


async def write_display_name(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    body = {"join_code": stage.ids["join_code"], "display_name": text}
    answer = await stage.api.call("POST", "/v1/join", None, body)
    if not answer.is_success:
        return answer, None
    path = f"/v1/events/{stage.ids['event_id']}/questions"
    asked = await stage.api.call("POST", path, answer.json()["token"], {"body": "Me?"})
    return answer, asked.json()["author_name"]


async def write_prompt(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    options = [{"label": "a"}, {"label": "b"}]
    body = {"kind": "single_choice", "prompt": text, "options": options}
    answer = await _call(stage, "POST", "/v1/events/{event_id}/polls", body)
    return answer, _written(answer, "prompt")


async def write_new_prompt(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    answer = await _call(stage, "PATCH", "/v1/polls/{poll_id}", {"prompt": text})
    return answer, _written(answer, "prompt")


async def write_label(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    options = [{"label": text}, {"label": "the other"}]
    body = {"kind": "single_choice", "prompt": "?", "options": options}
    answer = await _call(stage, "POST", "/v1/events/{event_id}/polls", body)
    return answer, answer.json()["options"][0]["label"] if answer.is_success else None


async def write_question(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    asker = await stage.api.join(stage.event)
    path = "/v1/events/{event_id}/questions"
    answer = await _call(stage, "POST", path, {"body": text}, asker.token)
    me = await stage.api.call("GET", f"/v1/events/{stage.ids['event_id']}/me", asker.token)
    return answer, me.json()["questions"][0]["body"] if answer.is_success else None


async def write_reply(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    answer = await _call(stage, "POST", "/v1/questions/{question_id}/replies", {"body": text})
    return answer, _written(answer, "body")


async def write_announcement(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    answer = await _call(stage, "POST", "/v1/events/{event_id}/announcements", {"body": text})
    return answer, _written(answer, "body")


async def write_text(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    writer = await stage.api.join(stage.event)
    poll = {"id": stage.ids["text_poll_id"]}
    answer = await stage.api.answer(writer, poll, text=text)
    shown = await stage.api.results(poll)
    return answer, shown["tallies"][0]["text"] if answer.is_success else None


async def write_scale_label(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    body = {"kind": "rating", "prompt": "?", "scale": {"min_label": text}}
    answer = await _call(stage, "POST", "/v1/events/{event_id}/polls", body)
    return answer, answer.json()["scale"]["min_label"] if answer.is_success else None


# Every text that the API takes, with the most characters it may have.
async def write_quiz_title(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    body = {"title": text, "questions": [quiz_question()]}
    answer = await _call(stage, "POST", "/v1/events/{event_id}/quizzes", body)
    return answer, _written(answer, "title")


async def write_quiz_prompt(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    body = {"title": "Geography", "questions": [{**quiz_question(), "prompt": text}]}
    answer = await _call(stage, "POST", "/v1/events/{event_id}/quizzes", body)
    return answer, answer.json()["questions"][0]["prompt"] if answer.is_success else None


async def write_quiz_label(stage: Stage, text: str) -> tuple[httpx.Response, Any]:
    body = {"title": "Geography", "questions": [quiz_question(text, "the other")]}
    answer = await _call(stage, "POST", "/v1/events/{event_id}/quizzes", body)
    written = answer.json()["questions"][0]["options"] if answer.is_success else [{"label": None}]
    return answer, written[0]["label"]


TEXTS: Mapping[str, tuple[Write, int]] = {
    "an API key's name": (write_key_name, 80),
    "an event's title": (write_title, 200),
    "an event's new title": (write_new_title, 200),
    "a member's name": (write_member_name, 80),
    "a participant's name": (write_display_name, 80),
    "a prompt": (write_prompt, 500),
    "a new prompt": (write_new_prompt, 500),
    "an option's label": (write_label, 200),
    "a scale's label": (write_scale_label, 200),
    "an open text": (write_text, 500),
    "a quiz's title": (write_quiz_title, 200),
    "a quiz's prompt": (write_quiz_prompt, 500),
    "a quiz's label": (write_quiz_label, 200),
    "a question": (write_question, 1_000),
    "a reply": (write_reply, 1_000),
    "an announcement": (write_announcement, 1_000),
}


@pytest.fixture(scope="module")
async def stage(client: httpx.AsyncClient, organizer_key: str) -> Stage:
    """A stage for texts to be written on."""
    return await set_stage(Api(client, organizer_key))


@pytest.mark.parametrize("kind", TEXTS)
async def test_hostile_text_comes_back_as_it_was_written(kind: str, stage: Stage) -> None:
    write, _ = TEXTS[kind]
    for name, text in VERBATIM.items():
        answer, written = await write(stage, text)
        assert answer.is_success, (name, answer.text)
        assert answer.headers["content-type"] == "application/json"
        assert written == text, name


async def test_the_feed_gives_hostile_text_as_it_was_written(api: Api) -> None:
    event = await api.make_event()
    for text in VERBATIM.values():
        await api.ask(await api.join(event, text), event, text)

    changes = (await read_page(api, event))["changes"]

    questions = [change["data"] for change in changes if change["type"] == "question"]
    assert [question["body"] for question in questions] == list(VERBATIM.values())
    assert [question["author_name"] for question in questions] == list(VERBATIM.values())


@pytest.mark.parametrize("kind", TEXTS)
async def test_text_is_normalised_and_loses_its_control_characters(kind: str, stage: Stage) -> None:
    write, _ = TEXTS[kind]
    for name, (text, cleaned) in CLEANED.items():
        answer, written = await write(stage, text)
        assert answer.is_success, (name, answer.text)
        assert written == cleaned, name


@pytest.mark.parametrize("kind", TEXTS)
async def test_text_that_cannot_be_stored_or_seen_is_422(kind: str, stage: Stage) -> None:
    write, _ = TEXTS[kind]
    for name, text in REFUSED.items():
        answer, _ = await write(stage, text)
        assert answer.status_code == 422, (name, answer.text)
        check_problem(answer, 422, "invalid_request")


@pytest.mark.parametrize("kind", TEXTS)
async def test_text_may_be_as_long_as_its_limit_and_no_longer(kind: str, stage: Stage) -> None:
    write, most = TEXTS[kind]

    answer, written = await write(stage, "\U0001f600" * most)
    assert answer.is_success, answer.text
    assert written == "\U0001f600" * most
    for text in ("x" * (most + 1), "\U0001f600" * (most + 1), "\ufb2c" * most):
        answer, _ = await write(stage, text)
        check_problem(answer, 422, "invalid_request")


@pytest.mark.parametrize(
    "kind", ["a prompt", "a new prompt", "an open text", "a question", "a reply", "an announcement"]
)
async def test_paragraphs_keep_their_lines(kind: str, stage: Stage) -> None:
    write, _ = TEXTS[kind]

    _, written = await write(stage, "\n one\r\ntwo\rthree\n\n\tfour \n")

    assert written == "one\ntwo\nthree\n\n\tfour"
