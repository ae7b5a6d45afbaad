"""Who reads a poll's counts, and when: at the results endpoint and in the feed."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from shared.db.engines import AsyncReadSession
from shared.tally.queries import read_tallies
from shared.tally.values import Tally
from tests.support.api import Api, FeedReader, Json
from tests.support.crowd import crowd
from tests.support.feed import publish_now, read_page, snapshot
from tests.support.problems import check_problem

# What the audience gets: 200, or the refusal.
SHOWN = {
    "live": {"open": 200, "closed": 200, "archived": 404, "draft": 404},
    "after_close": {"open": 403, "closed": 200, "archived": 404, "draft": 404},
    "staff": {"open": 403, "closed": 403, "archived": 404, "draft": 404},
}
CASES = [(seen, status, code) for seen, by in SHOWN.items() for status, code in by.items()]
ROADS = {
    "draft": [],
    "open": ["open"],
    "closed": ["open", "closed"],
    "archived": ["open", "archived"],
}


async def _make(api: Api, event: Json, visibility: str, status: str) -> Json:
    """Make a poll with one vote where it was ever open, and bring it to its state."""
    poll = await api.make_poll(event, results_visibility=visibility, open_now=False)
    for step in ROADS[status]:
        await api.change_poll(poll, status=step)
        if step == "open":
            await api.vote((await crowd(event, 1))[0], poll, 1)
    return poll


@pytest.mark.parametrize(("visibility", "status", "code"), CASES)
async def test_the_audience_reads_results_when_they_are_shown_and_staff_always(
    api: Api, visibility: str, status: str, code: int
) -> None:
    event = await api.make_event()
    poll = await _make(api, event, visibility, status)
    path = f"/v1/polls/{poll['id']}/results"
    participant = (await api.join(event)).token
    for token in (None, participant):
        answer = await api.call("GET", path, token)
        if code == 200:
            assert answer.status_code == 200
        else:
            check_problem(answer, code, {403: "results_hidden", 404: "not_found"}[code])
    for role in ("host", "moderator", "presenter"):
        answer = await api.call("GET", path, await api.add_member(event, role))
        assert answer.status_code == 200
        assert answer.json()["voters"] == (0 if status == "draft" else 1)


async def test_results_of_another_event_are_404_for_whoever_has_a_credential(api: Api) -> None:
    event, elsewhere = await api.make_event(), await api.make_event()
    poll = await _make(api, event, "live", "open")
    path = f"/v1/polls/{poll['id']}/results"
    for token in ((await api.join(elsewhere)).token, await api.add_member(elsewhere, "host")):
        check_problem(await api.call("GET", path, token), 404, "not_found")


async def test_results_have_a_row_for_each_option_in_the_polls_order(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, *"edcba", kind="multiple_choice")
    for person, choices in zip(await crowd(event, 3), ((0, 4), (4,), (4, 1)), strict=True):
        await api.vote(person, poll, *choices)
    results = await api.results(poll)
    assert results == {
        "poll_id": poll["id"],
        "status": "open",
        "final": False,
        "voters": 3,
        "tallies": [
            {"option_id": option["id"], "votes": votes}
            for option, votes in zip(poll["options"], (1, 1, 0, 0, 3), strict=True)
        ],
    }
    await publish_now(event)
    del results["status"]
    assert (await snapshot(api, event)).state["poll_results", poll["id"]] == results


async def _seen(api: Api, event: Json, poll: Json, reader: FeedReader) -> int | None:
    """Return how many voters a client of the public feed sees, None when it sees no results."""
    await publish_now(event)
    reader.apply(await read_page(api, event, reader.cursor))
    results = reader.state.get(("poll_results", poll["id"]))
    return None if results is None else int(results["voters"])


async def test_live_results_are_followed_and_hidden_and_shown_again(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    reader = FeedReader(api, event)
    first, second = await crowd(event, 2)
    assert await _seen(api, event, poll, reader) == 0
    await api.vote(first, poll, 0)
    assert await _seen(api, event, poll, reader) == 1
    await api.change_poll(poll, results_visibility="staff")
    before = reader.cursor
    assert await _seen(api, event, poll, reader) is None
    tombstone = (await read_page(api, event, before))["changes"]
    assert ("poll_results", None) in [(each["type"], each["data"]) for each in tombstone]
    await api.vote(second, poll, 0)
    assert await _seen(api, event, poll, reader) is None
    await api.change_poll(poll, results_visibility="live")
    assert await _seen(api, event, poll, reader) == 2


async def test_results_after_the_closing_appear_with_it_and_go_with_the_reopening(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, results_visibility="after_close")
    reader = FeedReader(api, event)
    await api.vote((await crowd(event, 1))[0], poll, 0)
    assert await _seen(api, event, poll, reader) is None
    await api.change_poll(poll, status="closed")
    assert await _seen(api, event, poll, reader) == 1
    assert reader.state["poll_results", poll["id"]]["final"]
    await api.change_poll(poll, status="open")
    assert await _seen(api, event, poll, reader) is None


@pytest.mark.parametrize("status", ["open", "closed"])
async def test_staff_results_never_reach_the_public_feed(api: Api, status: str) -> None:
    event = await api.make_event()
    poll = await _make(api, event, "staff", status)
    assert await _seen(api, event, poll, FeedReader(api, event)) is None
    staff = (await snapshot(api, event, "staff")).state["poll_results", poll["id"]]
    assert (staff["voters"], staff["final"]) == (1, status == "closed")


async def test_a_draft_has_no_results_in_any_feed(api: Api) -> None:
    event = await api.make_event()
    poll = await _make(api, event, "live", "draft")
    for audience in ("public", "staff"):
        assert ("poll_results", poll["id"]) not in (await snapshot(api, event, audience)).state


async def test_results_are_of_the_moment_in_which_they_were_found_to_be_shown(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await api.make_event()
    poll = await _make(api, event, "live", "open")
    name = "shared.polls.results.read_tallies"

    async def read_late(session: AsyncReadSession, subject_ids: list[UUID]) -> Mapping[UUID, Tally]:
        monkeypatch.setattr(name, read_tallies)
        await api.change_poll(poll, results_visibility="staff")
        assert (await api.vote((await crowd(event, 1))[0], poll, 1)).status_code == 200
        return await read_tallies(session, subject_ids)

    monkeypatch.setattr(name, read_late)
    answer = await api.call("GET", f"/v1/polls/{poll['id']}/results")
    assert (answer.status_code, answer.json()["voters"]) == (200, 1)
