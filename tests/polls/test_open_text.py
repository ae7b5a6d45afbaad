"""Open text: the newest texts, and those that wait for the staff."""

from uuid import UUID

import pytest

from shared.polls.kinds import count_vote
from shared.polls.kinds.base import VOTERS, PollDefinition
from shared.polls.kinds.open_text import OpenText
from shared.polls.vote_schemas import CastVote
from tests.support.api import Api, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.problems import check_problem
from tests.support.statements import Statements


async def _shown(api: Api, event: Json, poll: Json, audience: str = "public") -> list[Json]:
    """Return what a feed shows of the poll after a tick."""
    await publish_now(event)
    state = (await snapshot(api, event, audience)).state
    tallies: list[Json] = state["poll_results", poll["id"]]["tallies"]
    return tallies


async def _review(api: Api, poll: Json, person: Participant, text: str, status: str) -> Json:
    path = f"/v1/polls/{poll['id']}/texts/{person.id}"
    body = {"text": text, "status": status}
    answer = await api.call("PATCH", path, api.organizer_key, body)
    assert answer.status_code == 200, answer.text
    reviewed: Json = answer.json()
    return reviewed


def _text(text: str, person: Participant, status: str) -> Json:
    return {"text": text, "participant_id": person.id, "status": status}


def test_a_text_counts_its_voter_and_moves_one_counter_when_it_changes() -> None:
    poll = PollDefinition(UUID(int=9), UUID(int=8), "open_text", (), 1)
    one, other = (count_vote(poll, CastVote.model_validate({"text": text})) for text in "ab")
    assert one.counts.keys() == other.counts.keys() == {VOTERS, "texts"}
    assert one.counts["texts"] != other.counts["texts"]
    assert one.ballot_json == '{"text":"a"}'


def test_an_export_holds_the_text() -> None:
    assert OpenText().export_row({}, {"text": "=1+1"}) == ["=1+1"]


async def test_texts_are_shown_newest_first_and_a_change_makes_one_new(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="open_text")
    people = await crowd(event, 3)
    for person, text in zip(people, ("one", "two", "three"), strict=True):
        cast = await api.answer(person, poll, text=f" {text} ")
        assert cast.json()["vote"] == {"text": text}
    assert await _shown(api, event, poll) == [{"text": each} for each in ("three", "two", "one")]
    await api.answer(people[0], poll, text="four")
    await api.answer(people[1], poll, text="two")
    assert await _shown(api, event, poll) == [{"text": each} for each in ("four", "three", "two")]
    await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", people[2].token)
    assert await _shown(api, event, poll) == [{"text": "four"}, {"text": "two"}]
    results = await api.call("GET", f"/v1/polls/{poll['id']}/results")
    assert results.json()["tallies"] == [{"text": "four"}, {"text": "two"}]
    assert results.json()["voters"] == 2


async def test_the_newest_fifty_are_shown_and_all_are_listed_in_pages(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="open_text")
    for number, person in enumerate(await crowd(event, 53)):
        await api.answer(person, poll, text=f"{number}")
    newest = [f"{number}" for number in range(52, -1, -1)]
    assert [each["text"] for each in await _shown(api, event, poll)] == newest[:50]
    listed: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "20", "status": "published", **({"cursor": cursor} if cursor else {})}
        path = f"/v1/polls/{poll['id']}/texts"
        page = (await api.call("GET", path, api.organizer_key, params=params)).json()
        listed += [each["text"] for each in page["texts"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert listed == newest


async def test_a_text_that_waits_is_seen_by_staff_only_until_it_is_published(api: Api) -> None:
    event = await api.make_event(open_text_moderation=True)
    poll = await api.make_poll(event, kind="open_text")
    person = (await crowd(event, 1))[0]
    await api.answer(person, poll, text="Hello")
    assert await _shown(api, event, poll) == []
    assert await _shown(api, event, poll, "staff") == [_text("Hello", person, "pending")]
    assert await _review(api, poll, person, "Hello", "published") == _text(
        "Hello", person, "published"
    )
    assert await _shown(api, event, poll) == [{"text": "Hello"}]
    # Another text is judged anew; the one before keeps its decision.
    await api.answer(person, poll, text="Bye")
    assert await _shown(api, event, poll) == []
    await api.answer(person, poll, text="Hello")
    assert await _shown(api, event, poll) == [{"text": "Hello"}]
    await _review(api, poll, person, "Hello", "dismissed")
    assert await _shown(api, event, poll) == []
    path = f"/v1/polls/{poll['id']}/texts"
    for status, texts in (("pending", []), ("dismissed", ["Hello"])):
        page = await api.call("GET", path, api.organizer_key, params={"status": status})
        assert [each["text"] for each in page.json()["texts"]] == texts
    me = await api.call("GET", f"/v1/events/{event['id']}/me", person.token)
    assert me.json()["votes"] == [{"poll_id": poll["id"], "vote": {"text": "Hello"}}]


async def test_a_decision_on_a_text_that_has_changed_is_409_and_changes_nothing(api: Api) -> None:
    event = await api.make_event(open_text_moderation=True)
    poll = await api.make_poll(event, kind="open_text")
    person = (await crowd(event, 1))[0]
    path = f"/v1/polls/{poll['id']}/texts/{person.id}"
    body = {"text": "Hello", "status": "published"}
    check_problem(await api.call("PATCH", path, api.organizer_key, body), 404, "not_found")
    await api.answer(person, poll, text="Nonsense")
    refused = await api.call("PATCH", path, api.organizer_key, body)
    check_problem(refused, 409, "text_changed")
    assert await _shown(api, event, poll) == []
    await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", person.token)
    check_problem(await api.call("PATCH", path, api.organizer_key, body), 404, "not_found")


async def test_a_decision_goes_with_the_vote(api: Api) -> None:
    event = await api.make_event(open_text_moderation=True)
    poll = await api.make_poll(event, kind="open_text")
    person = (await crowd(event, 1))[0]
    await api.answer(person, poll, text="Hello")
    await _review(api, poll, person, "Hello", "published")
    await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", person.token)
    await api.answer(person, poll, text="Hello")
    assert await _shown(api, event, poll) == []


async def test_a_change_of_moderation_changes_what_is_shown(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="open_text")
    first, second = await crowd(event, 2)
    await api.answer(first, poll, text="one")
    await api.answer(second, poll, text="two")
    await _review(api, poll, second, "two", "dismissed")
    for moderation, shown in ((True, []), (False, [{"text": "one"}])):
        body = {"settings": {"open_text_moderation": moderation}}
        await api.call("PATCH", f"/v1/events/{event['id']}", api.organizer_key, body)
        assert await _shown(api, event, poll) == shown


async def test_a_cursor_that_is_none_is_422(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="open_text")
    path = f"/v1/polls/{poll['id']}/texts"
    for cursor in ("x", "1_2", f"{'9' * 30}_{UUID(int=1).hex}", ""):
        answer = await api.call("GET", path, api.organizer_key, params={"cursor": cursor})
        check_problem(answer, 422, "invalid_request")


async def test_a_vote_does_not_publish_but_waits_for_the_tick(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="open_text")
    people = await crowd(event, 5)
    async with Statements() as statements:
        for person in people:
            await api.answer(person, poll, text="Hello")
    assert statements.naming("feed_entries") == 0


@pytest.mark.parametrize("text", ["", " ", "x" * 501, None, 1, ["a"]])
async def test_a_text_that_does_not_fit_is_422_and_changes_nothing(api: Api, text: object) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="open_text")
    refused = await api.answer((await crowd(event, 1))[0], poll, text=text)
    check_problem(refused, 422, "invalid_request")
    assert (await api.results(poll))["voters"] == 0
