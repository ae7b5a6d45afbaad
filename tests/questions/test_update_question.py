"""Moderating: what each state shows to whom, and the marks of what is shown."""

from typing import Any

import httpx
import pytest

from tests.support.api import Api, FeedReader, Json
from tests.support.fresh import FreshReader
from tests.support.problems import check_problem
from tests.support.questions import as_public


async def patch(api: Api, question: Json, **fields: Any) -> httpx.Response:
    path = f"/v1/questions/{question['id']}"
    return await api.call("PATCH", path, api.organizer_key, fields)


async def moderate(api: Api, question: Json, **fields: Any) -> Json:
    changed = await patch(api, question, **fields)
    assert changed.status_code == 200, changed.text
    after: Json = changed.json()
    return after


async def asked_in(api: Api, *, moderated: bool = False) -> tuple[Json, FeedReader, FeedReader]:
    """Return a question and what the public and the staff have seen of its event."""
    event = await api.make_event(question_moderation=moderated)
    question = await api.ask(await api.join(event), event, "Will it rain?")
    public, staff = FreshReader(api, event), FeedReader(api, event, api.organizer_key)
    for reader in (public, staff):
        await reader.poll()
    return question, public, staff


def check_shown(public: FeedReader, staff: FeedReader, question: Json) -> None:
    key = ("question", question["id"])
    assert staff.state[key] == question
    assert public.state[key] == as_public(question)


async def test_publishing_a_pending_question_shows_it_to_everyone(api: Api) -> None:
    question, public, staff = await asked_in(api, moderated=True)
    key = ("question", question["id"])
    assert key not in public.state

    published = await moderate(api, question, status="published")

    assert as_public(published) == question | {"status": "published"}
    for reader in (public, staff):
        await reader.poll()
    check_shown(public, staff, published)


async def test_an_answered_question_stays_public(api: Api) -> None:
    question, public, staff = await asked_in(api)

    answered = await moderate(api, question, status="answered")

    for reader in (public, staff):
        await reader.poll()
    check_shown(public, staff, answered)


@pytest.mark.parametrize("status", ["dismissed", "archived"])
async def test_a_question_that_is_taken_away_is_a_tombstone_for_the_public(
    api: Api, status: str
) -> None:
    question, public, staff = await asked_in(api)

    away = await moderate(api, question, status=status)

    (change,) = await public.poll()
    assert (change["type"], change["id"], change["data"]) == ("question", question["id"], None)
    await staff.poll()
    assert staff.state["question", question["id"]] == away
    path = f"/v1/events/{public.event['id']}/changes"
    fresh = await api.call("GET", path, api.organizer_key)
    assert b"Will it rain?" not in fresh.content


@pytest.mark.parametrize("status", ["dismissed", "archived"])
async def test_a_pending_question_that_is_refused_never_reaches_the_public(
    api: Api, status: str
) -> None:
    question, public, staff = await asked_in(api, moderated=True)

    await moderate(api, question, status=status)

    assert await public.poll() == []
    await staff.poll()
    assert staff.state["question", question["id"]]["status"] == status


async def test_a_question_may_come_back(api: Api) -> None:
    question, public, _ = await asked_in(api)
    await moderate(api, question, status="dismissed")
    await public.poll()

    back = await moderate(api, question, status="published")

    await public.poll()
    assert public.state["question", question["id"]] == as_public(back)


@pytest.mark.parametrize("mark", ["pinned", "highlighted"])
async def test_marks_are_set_and_taken_off_for_everyone(api: Api, mark: str) -> None:
    question, public, staff = await asked_in(api)

    for value in (True, True, False):
        marked = await moderate(api, question, **{mark: value})
        assert as_public(marked) == question | {mark: value}
        for reader in (public, staff):
            await reader.poll()
        check_shown(public, staff, marked)


@pytest.mark.parametrize("status", ["dismissed", "archived"])
async def test_a_question_that_is_taken_away_loses_its_marks(api: Api, status: str) -> None:
    question, _, _ = await asked_in(api)
    await moderate(api, question, pinned=True, highlighted=True)

    away = await moderate(api, question, status=status)

    assert (away["pinned"], away["highlighted"]) == (False, False)
    assert (await moderate(api, question, status="published"))["pinned"] is False


@pytest.mark.parametrize("mark", ["pinned", "highlighted"])
async def test_what_the_public_does_not_see_takes_no_mark(api: Api, mark: str) -> None:
    question, _, staff = await asked_in(api, moderated=True)

    for fields in ({mark: True}, {mark: True, "status": "dismissed"}):
        check_problem(await patch(api, question, **fields), 409, "invalid_transition")

    assert await staff.poll() == []
    published = await moderate(api, question, status="published", **{mark: True})
    assert published[mark] is True


async def test_the_same_state_again_tells_the_feed_nothing(api: Api) -> None:
    question, public, staff = await asked_in(api)
    await moderate(api, question, status="answered", pinned=True)
    for reader in (public, staff):
        await reader.poll()

    again = await moderate(api, question, status="answered", pinned=True)

    assert again["status"] == "answered"
    assert (await public.poll(), await staff.poll()) == ([], [])
    assert await moderate(api, question) == again


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "pending"},
        {"status": "deleted"},
        {"status": None},
        {"pinned": None},
        {"pinned": "true"},
        {"highlighted": 1},
        {"body": "Rewritten"},
        {"upvotes": 1000},
        {"author_name": "Somebody else"},
    ],
)
async def test_a_field_that_does_not_fit_is_422_and_nothing_of_the_patch_is_done(
    api: Api, fields: Json
) -> None:
    question, _, staff = await asked_in(api)

    refused = await patch(api, question, **{"pinned": True, "status": "answered", **fields})

    check_problem(refused, 422, "invalid_request")
    assert await staff.poll() == []
