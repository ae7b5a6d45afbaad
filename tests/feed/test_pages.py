"""Pages of the feed: at most 500 changes or 512 kB, and nothing lost at a cut."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel

from shared.db.engines import write_session
from shared.events.queries import lock_event
from shared.feed.publish import Publication, publish
from shared.feed.read import PAGE_BYTES, PAGE_CHANGES
from shared.identifiers import new_id
from tests.support.api import Api, FeedReader, Json
from tests.support.feed import read_page, snapshot


class _Note(BaseModel):
    """A body of any size."""

    text: str


async def _publish(event: Json, notes: Iterable[tuple[UUID, str | None]]) -> None:
    """Publish a note for each id, gone where there is no text."""
    bodies = [(id, None if note is None else _Note(text=note)) for id, note in notes]
    async with write_session() as session:
        await lock_event(session, UUID(event["id"]))
        await publish(
            session,
            UUID(event["id"]),
            [Publication("question", id, public=body, staff=body) for id, body in bodies],
        )


async def _read_all(api: Api, event: Json, since: str | None = None) -> list[Json]:
    pages = [await read_page(api, event, since)]
    while pages[-1]["more"]:
        pages.append(await read_page(api, event, pages[-1]["cursor"]))
    return pages


async def test_a_page_holds_at_most_500_changes_and_the_next_one_goes_on(api: Api) -> None:
    event = await api.make_event()
    begin = (await snapshot(api, event)).cursor
    ids = [new_id() for _ in range(2 * PAGE_CHANGES + 1)]
    await _publish(event, ((id, "short") for id in ids))
    pages = await _read_all(api, event, begin)
    assert [len(page["changes"]) for page in pages] == [500, 500, 1]
    assert [page["reset"] for page in pages] == [False] * 3
    assert [change["id"] for page in pages for change in page["changes"]] == list(map(str, ids))


async def test_exactly_a_page_full_asks_for_no_more(api: Api) -> None:
    event = await api.make_event()
    begin = (await snapshot(api, event)).cursor
    await _publish(event, ((new_id(), "short") for _ in range(PAGE_CHANGES)))
    [page] = await _read_all(api, event, begin)
    assert len(page["changes"]) == PAGE_CHANGES


async def test_a_page_holds_at_most_512_kilobytes_as_they_are_sent(api: Api) -> None:
    event = await api.make_event()
    # Of two and of four bytes a character, and some that JSON escapes.
    texts = ["é" * 9_000, "🦆" * 9_000, '"\n' * 9_000] * 12
    ids = [new_id() for _ in texts]
    await _publish(event, zip(ids, texts, strict=True))
    reader, sizes = FeedReader(api, event), []
    more = True
    while more:
        params = {} if reader.cursor is None else {"since": reader.cursor}
        path = f"/v1/events/{event['id']}/changes"
        response = await api.call("GET", path, api.organizer_key, params=params)
        sizes.append(len(response.content))
        reader.apply(response.json())
        more = response.json()["more"]
    assert max(sizes) <= 512_000
    assert len(sizes) >= 2
    assert sizes[0] > PAGE_BYTES - 40_000
    assert [reader.state["question", str(id)]["text"] for id in ids] == texts


async def test_a_page_that_is_nearly_full_stays_within_its_bytes_with_all_around_it(
    api: Api,
) -> None:
    event = await api.make_event()
    begin, lengths = (await snapshot(api, event)).cursor, set()
    # Around the size at which both still fit, in steps smaller than what stands around the changes.
    for less in range(0, 1_000, 40):
        ids = [new_id(), new_id()]
        await _publish(event, zip(ids, ["x" * 250_000, "y" * (262_000 - less)], strict=True))
        response = await api.call("GET", f"/v1/events/{event['id']}/changes?since={begin}")
        page = response.json()
        assert len(response.content) <= 512_000
        begin = (await _read_all(api, event, begin))[-1]["cursor"]
        lengths.add(len(page["changes"]))
        assert page["more"] == (len(page["changes"]) == 1)
    assert lengths == {1, 2}


async def test_a_change_that_is_larger_than_a_page_comes_alone(api: Api) -> None:
    event = await api.make_event()
    begin = (await snapshot(api, event)).cursor
    ids = [new_id() for _ in range(3)]
    await _publish(event, zip(ids, ["small", "x" * (PAGE_BYTES + 1), "small"], strict=True))
    pages = await _read_all(api, event, begin)
    assert [[change["id"] for change in page["changes"]] for page in pages] == [
        [str(id)] for id in ids
    ]


async def test_changes_between_two_pages_are_neither_lost_nor_shown_stale(api: Api) -> None:
    event = await api.make_event()
    ids = [new_id() for _ in range(PAGE_CHANGES + 100)]
    await _publish(event, ((id, "old") for id in ids))
    reader = FeedReader(api, event)
    first = await read_page(api, event)
    reader.apply(first)
    assert first["reset"] and first["more"]
    added = new_id()
    changed = [(ids[0], "new"), (ids[1], None), (ids[-1], "new"), (ids[-2], None), (added, "new")]
    await _publish(event, changed)
    for page in await _read_all(api, event, reader.cursor):
        assert not page["reset"]
        reader.apply(page)
    assert reader.state == (await snapshot(api, event)).state
    for id, text in changed:
        shown = reader.state.get(("question", str(id)))
        assert shown == (None if text is None else {"text": text})


async def test_a_snapshot_holds_no_tombstone_and_a_delta_does(api: Api) -> None:
    event = await api.make_event()
    kept, gone = new_id(), new_id()
    await _publish(event, [(kept, "kept"), (gone, "gone")])
    before = (await snapshot(api, event)).cursor
    await _publish(event, [(gone, None)])
    [whole] = await _read_all(api, event)
    assert str(gone) not in [change["id"] for change in whole["changes"]]
    [delta] = await _read_all(api, event, before)
    assert [(change["id"], change["data"]) for change in delta["changes"]] == [(str(gone), None)]
    assert whole["cursor"] == delta["cursor"]
