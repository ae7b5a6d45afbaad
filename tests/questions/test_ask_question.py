"""Asking: public at once, or pending where the event is moderated; with a name or without."""

import asyncio
from uuid import UUID

import pytest

from shared.db.engines import write_session
from shared.events.queries import lock_event
from shared.questions.queries import publish_question
from tests.support.api import Api, FeedReader, Json
from tests.support.crowd import crowd
from tests.support.fresh import FreshReader
from tests.support.problems import check_problem
from tests.support.questions import as_public
from tests.support.statements import Statements
from tests.support.tables import query
from tests.support.waiting import until_waiting

MEMBERS = {
    "id",
    "body",
    "author_name",
    "status",
    "upvotes",
    "pinned",
    "highlighted",
    "replies",
    "asked_at",
}


async def both_feeds(api: Api, event: Json) -> tuple[FeedReader, FeedReader]:
    public = FreshReader(api, event)
    staff = FeedReader(api, event, await api.add_member(event, "presenter"))
    for reader in (public, staff):
        await reader.poll()
    return public, staff


async def test_a_question_is_published_to_everyone(api: Api) -> None:
    event = await api.make_event()
    public, staff = await both_feeds(api, event)

    question = await api.ask(await api.join(event, "Grace"), event, "  Will it rain?\r\nReally? ")

    assert set(question) == MEMBERS
    assert question["body"] == "Will it rain?\nReally?"
    assert (question["status"], question["author_name"]) == ("published", "Grace")
    assert (question["upvotes"], question["replies"]) == (0, [])
    assert (question["pinned"], question["highlighted"]) == (False, False)
    for reader in (public, staff):
        (change,) = await reader.poll()
        assert (change["type"], change["id"]) == ("question", question["id"])
        shown = as_public(change["data"]) if reader is staff else change["data"]
        assert shown == question


async def test_a_moderated_question_is_pending_for_the_staff_and_its_author_only(api: Api) -> None:
    event = await api.make_event(question_moderation=True)
    public, staff = await both_feeds(api, event)
    author, other = await api.join(event, "Grace"), await api.join(event, "Ada")

    question = await api.ask(author, event, "May I ask this?")

    assert question["status"] == "pending"
    assert await public.poll() == []
    (change,) = await staff.poll()
    assert as_public(change["data"]) == question
    path = f"/v1/events/{event['id']}/me"
    assert (await api.call("GET", path, author.token)).json()["questions"] == [question]
    assert (await api.call("GET", path, other.token)).json()["questions"] == []
    path = f"/v1/events/{event['id']}/changes"
    snapshot = await api.call("GET", path, api.organizer_key)
    assert b"May I ask this?" not in snapshot.content
    assert question["id"].encode() not in snapshot.content


async def test_moderation_holds_for_what_is_asked_after_it_was_turned_on(api: Api) -> None:
    event = await api.make_event()
    author = await api.join(event)
    before = await api.ask(author, event, "Before?")
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"settings": {"question_moderation": True}})

    after = await api.ask(author, event, "After?")

    assert (before["status"], after["status"]) == ("published", "pending")
    public = FreshReader(api, event)
    await public.poll()
    assert ("question", before["id"]) in public.state
    assert ("question", after["id"]) not in public.state


async def test_the_author_of_an_anonymous_question_is_named_to_nobody(api: Api) -> None:
    event = await api.make_event()
    staff = await api.add_member(event, "host")
    author = await api.join(event, "Rumpelstilzchen")
    path = f"/v1/events/{event['id']}"
    body = {"body": "Who am I?", "anonymous": True}
    asked = await api.call("POST", f"{path}/questions", author.token, body)
    assert asked.json()["author_name"] is None
    question_path = f"/v1/questions/{asked.json()['id']}"

    answers = [
        asked,
        await api.call("PATCH", question_path, staff, {"status": "answered", "pinned": True}),
        await api.call("POST", f"{question_path}/replies", staff, {"body": "You."}),
        await api.call("GET", f"{path}/changes"),
        await api.call("GET", f"{path}/changes", staff, params={"audience": "staff"}),
    ]

    for answer in answers:
        assert answer.is_success
        assert b"Rumpelstilzchen" not in answer.content
        assert author.id.encode() not in answer.content
    me = (await api.call("GET", f"{path}/me", author.token)).json()
    assert me["questions"][0]["author_name"] is None
    assert await query("SELECT 1 FROM feed_entries WHERE body LIKE '%Rumpelstilzchen%'") == []


async def test_who_asks_is_told_to_the_public_by_name_only(api: Api) -> None:
    event = await api.make_event()
    author = await api.join(event, "Grace")
    await api.ask(author, event, "Who am I?")

    for token, audience in ((None, "public"), (api.organizer_key, "staff")):
        path = f"/v1/events/{event['id']}/changes"
        feed = await api.call("GET", path, token, params={"audience": audience})
        assert b"Grace" in feed.content
        assert (author.id.encode() in feed.content) == (audience == "staff")


async def test_who_joined_without_a_name_asks_without_one(api: Api) -> None:
    event = await api.make_event()

    question = await api.ask(await api.join(event, None), event, "Who am I?")

    assert question["author_name"] is None


async def test_an_event_may_allow_no_anonymous_questions(api: Api) -> None:
    event = await api.make_event(allow_anonymous_questions=False)
    author = await api.join(event)
    path = f"/v1/events/{event['id']}/questions"

    body = {"body": "May I hide?", "anonymous": True}
    problem = check_problem(await api.call("POST", path, author.token, body), 422)

    assert problem["errors"][0]["location"] == ["body", "anonymous"]
    assert await query("SELECT 1 FROM questions WHERE event_id = :id", id=event["id"]) == []
    named = await api.ask(author, event, "Then not.", anonymous=False)
    assert named["author_name"] == "Grace"


async def test_nobody_asks_in_an_event_that_has_ended(api: Api) -> None:
    event = await api.make_event()
    author = await api.join(event)
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"status": "ended"})

    late = await api.call("POST", f"{path}/questions", author.token, {"body": "Too late?"})

    check_problem(late, 409, "event_not_live")
    assert await query("SELECT 1 FROM participants WHERE id = :id", id=author.id) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": ""},
        {"body": " \n\t "},
        {"body": "\u200b\u200d\ufeff"},
        {"body": "x" * 1001},
        {"body": None},
        {"body": 5},
        {"body": "Yes?", "anonymous": None},
        {"body": "Yes?", "anonymous": "true"},
        {"body": "Yes?", "anonymous": 1},
        {"body": "Yes?", "status": "published"},
        {"body": "Yes?", "author_name": "The host"},
    ],
)
async def test_a_question_that_does_not_fit_is_422_and_not_asked(api: Api, body: Json) -> None:
    event = await api.make_event()
    author = await api.join(event)

    path = f"/v1/events/{event['id']}/questions"
    check_problem(await api.call("POST", path, author.token, body), 422, "invalid_request")

    assert await query("SELECT 1 FROM questions WHERE event_id = :id", id=event["id"]) == []


async def test_asking_keeps_the_event_locked_for_one_round_trip(api: Api) -> None:
    event = await api.make_event()
    [author] = await crowd(event, 1)
    path = f"/v1/events/{event['id']}/questions"
    headers = {"Idempotency-Key": "once"}

    async with Statements() as statements:
        asked = await api.call(
            "POST", path, author.token, {"body": "Will it rain?"}, headers=headers
        )

    assert asked.status_code == 201
    # The settings, the lock, and everything else.
    assert statements.naming("FROM") == 3, statements.sent
    assert statements.naming("INSERT INTO questions", "INSERT INTO feed_entries") == 1


@pytest.mark.parametrize("moderated", [False, True])
@pytest.mark.parametrize("anonymous", [False, True])
async def test_a_new_question_looks_as_it_would_if_it_were_published_again(
    api: Api, moderated: bool, anonymous: bool
) -> None:
    event = await api.make_event(question_moderation=moderated, word_filter_words=["rain"])
    author = await api.join(event, "Grace")
    asked = await api.ask(author, event, "Will it rain?", anonymous=anonymous)
    shown = "SELECT audience, revision, body FROM feed_entries WHERE entity_id = :id ORDER BY 1"
    before = await query(shown, id=asked["id"])

    async with write_session() as session:
        await lock_event(session, UUID(event["id"]))
        await publish_question(session, UUID(event["id"]), UUID(asked["id"]))

    assert [audience for audience, *_ in before] == (
        ["staff"] if moderated else ["public", "staff"]
    )
    assert await query(shown, id=asked["id"]) == before


async def test_moderation_turned_on_while_a_question_waits_holds_for_it(api: Api) -> None:
    event = await api.make_event()
    author = await api.join(event)
    async with write_session() as session:
        locked = await lock_event(session, UUID(event["id"]))
        asking = asyncio.create_task(api.ask(author, event, "Is it seen?"))
        await until_waiting("transactionid")
        locked.question_moderation = True

    assert (await asking)["status"] == "pending"
    public = FreshReader(api, event)
    await public.poll()
    assert ("question", (await asking)["id"]) not in public.state
