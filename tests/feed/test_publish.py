"""Publishing: what each audience is shown, at which revision."""

from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel

from shared.db.engines import write_session
from shared.events.queries import lock_event
from shared.feed.publish import Publication, publish
from shared.identifiers import new_id
from tests.support.api import Api, Json
from tests.support.tables import query


class _Note(BaseModel):
    text: str


def _note(id: UUID, public: str | None, staff: str | None) -> Publication:
    bodies = [None if text is None else _Note(text=text) for text in (public, staff)]
    return Publication("question", id, public=bodies[0], staff=bodies[1])


async def _publish(event: Json, *notes: Publication) -> None:
    async with write_session() as session:
        await lock_event(session, UUID(event["id"]))
        await publish(session, UUID(event["id"]), notes)


async def _entry(id: UUID, audience: str) -> tuple[int, str | None] | None:
    rows = await query(
        "SELECT revision, body FROM feed_entries WHERE entity_id = :id AND audience = :audience",
        id=id,
        audience=audience,
    )
    return (rows[0][0], rows[0][1]) if rows else None


async def _heads(event: Json) -> tuple[int, int]:
    [(public, staff)] = await query(
        "SELECT revision, staff_revision FROM events WHERE id = :id", id=event["id"]
    )
    return public, staff


async def test_each_audience_gets_its_own_body_at_its_own_revision(api: Api) -> None:
    event, id = await api.make_event(), new_id()
    await _publish(event, _note(new_id(), None, "staff only"))
    public, staff = await _heads(event)
    await _publish(event, _note(id, "for all", "with notes"))
    assert await _entry(id, "public") == (public + 1, '{"text":"for all"}')
    assert await _entry(id, "staff") == (staff + 1, '{"text":"with notes"}')
    assert staff > public


async def test_the_same_again_is_no_change(api: Api) -> None:
    event, id = await api.make_event(), new_id()
    await _publish(event, _note(id, "a", "b"))
    heads = await _heads(event)
    await _publish(event, _note(id, "a", "b"))
    assert await _heads(event) == heads
    await _publish(event, _note(id, "a", "c"))
    assert await _heads(event) == (heads[0], heads[1] + 1)


async def test_what_an_audience_never_saw_leaves_no_tombstone(api: Api) -> None:
    event, id = await api.make_event(), new_id()
    await _publish(event, _note(id, None, "staff only"))
    await _publish(event, _note(id, None, None))
    assert await _entry(id, "public") is None
    entry = await _entry(id, "staff")
    assert entry is not None and entry[1] is None


async def test_a_tombstone_is_published_once_and_can_come_to_life(api: Api) -> None:
    event, id = await api.make_event(), new_id()
    await _publish(event, _note(id, "a", "a"))
    await _publish(event, _note(id, None, None))
    heads = await _heads(event)
    await _publish(event, _note(id, None, None))
    assert await _heads(event) == heads
    await _publish(event, _note(id, "again", "again"))
    assert await _entry(id, "public") == (heads[0] + 1, '{"text":"again"}')


async def test_several_at_once_get_revisions_in_their_order(api: Api) -> None:
    event, ids = await api.make_event(), [new_id() for _ in range(5)]
    start, _ = await _heads(event)
    await _publish(event, *(_note(id, "new", "new") for id in ids[::-1]))
    entries = [await _entry(id, "public") for id in ids[::-1]]
    assert [entry and entry[0] for entry in entries] == list(range(start + 1, start + 6))
    assert (await _heads(event))[0] == start + 5


async def test_nothing_is_published_when_the_change_is_rolled_back(api: Api) -> None:
    event, id = await api.make_event(), new_id()
    heads = await _heads(event)
    with pytest.raises(ZeroDivisionError):
        async with write_session() as session:
            await lock_event(session, UUID(event["id"]))
            await publish(session, UUID(event["id"]), [_note(id, "a", "a")])
            raise ZeroDivisionError
    assert await _entry(id, "public") is None
    assert await _heads(event) == heads


async def test_in_an_event_that_is_gone_nothing_is_published() -> None:
    id = uuid4()
    async with write_session() as session:
        await publish(session, uuid4(), [_note(id, "a", "a")])
    assert await _entry(id, "public") is None
