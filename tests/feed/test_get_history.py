"""The history is every public change, in order, and nothing that was secret or was erased."""

import json
from datetime import datetime
from uuid import UUID

import pytest

from shared.db.engines import write_session
from shared.events.queries import change_event, lock_event
from shared.events.schemas import UpdateEvent
from shared.feed.schemas import HistoryLine
from tests.support.api import Api, FeedReader, Json
from tests.support.exports import make_full_event
from tests.support.feed import publish_now, snapshot
from tests.support.histories import changes, read_history
from tests.support.tables import query


async def _state(api: Api, event: Json) -> dict[tuple[str, str], Json]:
    made = [line["change"] for line in await changes(api, event)]
    last = {(change["type"], change["id"]): change["data"] for change in made}
    return {key: body for key, body in last.items() if body is not None}


async def test_the_changes_add_up_to_what_everyone_sees_revision_by_revision(api: Api) -> None:
    event = await make_full_event(api)
    await publish_now(event)
    found = await changes(api, event)
    revisions = [line["change"]["revision"] for line in found]
    assert revisions == list(range(1, len(found) + 1))
    times = [datetime.fromisoformat(line["at"]) for line in found]
    assert times == sorted(times)
    assert await _state(api, event) == (await snapshot(api, event)).state


async def test_every_delta_that_a_reader_was_given_is_in_the_history(api: Api) -> None:
    event = await api.make_event()
    reader, seen = FeedReader(api, event), []
    poll = await api.make_poll(event)
    for number in range(4):
        await api.vote(await api.join(event), poll, number % 3)
        await publish_now(event)
        seen += await reader.poll()
    await api.change_poll(poll, status="archived")
    seen += await reader.poll()
    known = [line["change"] for line in await changes(api, event)]
    assert all(change in known for change in seen)
    assert [change["data"] for change in known[-2:]] == [None, None]


async def test_a_history_has_a_head_what_is_shown_now_and_an_end(api: Api) -> None:
    event = await make_full_event(api)
    await publish_now(event)
    head, *rest, end = map(json.loads, (await read_history(api, event)).splitlines())
    assert head["event_id"] == event["id"]
    found = [line for line in rest if "change" in line]
    shown = [line["shown"] for line in rest[len(found) :]]
    assert (head["revision"], end) == (len(found), {"complete": True, "changes": len(found)})
    reader = await snapshot(api, event)
    assert {(thing["type"], thing["id"]): thing["data"] for thing in shown} == reader.state
    for line in (head, *rest, end):
        assert HistoryLine.model_validate(line).model_dump(mode="json", exclude_unset=True) == line


async def test_what_only_staff_saw_is_in_no_history(api: Api) -> None:
    event = await api.make_event(question_moderation=True)
    await api.make_poll(event, "hidden label", "other", prompt="hidden prompt", open_now=False)
    hidden = await api.make_poll(event, results_visibility="staff")
    await api.vote(await api.join(event), hidden, 0)
    await api.ask(await api.join(event, "hidden name"), event, "hidden question")
    await publish_now(event)
    history = await read_history(api, event)
    assert "hidden" not in history
    assert {line["change"]["type"] for line in await changes(api, event)} == {"event", "poll"}


async def test_what_a_host_deletes_is_blank_in_the_history_but_were_there(
    api: Api,
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, "erased label", "other", prompt="erased prompt")
    question = await api.ask(await api.join(event, "erased name"), event, "erased question")
    kept = await api.ask(await api.join(event), event, "Will it rain?")
    path = f"/v1/events/{event['id']}/announcements"
    note = (await api.call("POST", path, api.organizer_key, {"body": "erased note"})).json()
    before = len(await changes(api, event))
    for thing in (
        f"polls/{poll['id']}",
        f"questions/{question['id']}",
        f"events/{event['id']}/announcements/{note['id']}",
    ):
        assert (await api.call("DELETE", f"/v1/{thing}", api.organizer_key)).status_code == 204
    history = await read_history(api, event)
    assert '"erased' in history and "erased " not in history
    found = await changes(api, event)
    assert len(found) > before
    blank = {line["change"]["id"] for line in found if line.get("erased")}
    assert blank == {poll["id"], question["id"], note["id"]}
    assert ("question", kept["id"]) in await _state(api, event)


async def test_words_that_an_erased_participant_took_back_are_in_no_history(api: Api) -> None:
    event = await api.make_event()
    gone, other = await api.join(event, "Ada"), await api.join(event)
    cloud = await api.make_poll(event, kind="word_cloud")
    texts = await api.make_poll(event, kind="open_text")
    for poll, vote in ((cloud, {"words": ["traceable"]}), (texts, {"text": "traceable"})):
        for person in (gone, other):
            await api.answer(person, poll, **vote)
        await publish_now(event)
        for person in (gone, other):
            await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", person.token)
    # Seen, taken back, and not yet published that it was.
    assert "traceable" in await read_history(api, event)
    await api.ask(gone, event, "Who?")
    await api.call("DELETE", f"/v1/participants/{gone.id}", api.organizer_key)
    assert "traceable" not in await read_history(api, event)
    await publish_now(event)
    assert await _state(api, event) == (await snapshot(api, event)).state


async def test_a_change_that_is_rolled_back_is_in_no_history(api: Api) -> None:
    event = await api.make_event()
    before = await changes(api, event)
    with pytest.raises(ZeroDivisionError):
        async with write_session() as session:
            locked = await lock_event(session, UUID(event["id"]))
            await change_event(session, locked, UpdateEvent(title="Another"))
            raise ZeroDivisionError
    assert await changes(api, event) == before


async def test_an_event_that_is_erased_has_no_history(api: Api) -> None:
    event = await api.make_event()
    assert await query("SELECT 1 FROM feed_history WHERE event_id = :id", id=event["id"])
    await api.call("DELETE", f"/v1/events/{event['id']}", api.organizer_key)
    assert await query("SELECT 1 FROM feed_history WHERE event_id = :id", id=event["id"]) == []
