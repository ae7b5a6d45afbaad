"""Making, opening, closing, archiving, editing and erasing polls through the API."""

import asyncio
from itertools import product

import httpx
import pytest

from tests.polls.test_rules import ALLOWED, STATUSES
from tests.support.api import Api, FeedReader, Json
from tests.support.feed import read_page, snapshot
from tests.support.problems import check_problem
from tests.support.tables import fingerprint

ROADS = {"draft": [], "open": ["open"], "closed": ["open", "closed"], "archived": ["archived"]}
MOVES = [pair for pair in product(STATUSES, STATUSES) if pair[1] != "draft"]


async def _patch(api: Api, poll: Json, **fields: object) -> httpx.Response:
    return await api.call("PATCH", f"/v1/polls/{poll['id']}", api.organizer_key, fields)


async def _bring_to(api: Api, event: Json, status: str) -> Json:
    poll = await api.make_poll(event, open_now=False)
    for step in ROADS[status]:
        poll = await api.change_poll(poll, status=step)
    return poll


@pytest.mark.parametrize(("now", "asked"), MOVES)
async def test_a_poll_moves_as_its_rules_say_and_a_refused_move_changes_nothing(
    api: Api, now: str, asked: str
) -> None:
    poll = await _bring_to(api, await api.make_event(), now)
    before = await fingerprint()
    moved = await _patch(api, poll, status=asked)
    if now == asked or (now, asked) in ALLOWED:
        assert (moved.status_code, moved.json()["status"]) == (200, asked)
    else:
        check_problem(moved, 409, "invalid_transition")
        assert await fingerprint() == before


async def test_nothing_becomes_a_draft_again(api: Api) -> None:
    poll = await _bring_to(api, await api.make_event(), "open")
    assert (await _patch(api, poll, status="draft")).status_code == 409


async def test_a_new_poll_is_a_draft_with_all_that_was_asked_for(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(
        event, "tea", "café", kind="multiple_choice", max_choices=2, open_now=False
    )
    options = poll.pop("options")
    assert [option["label"] for option in options] == ["tea", "café"]
    assert poll == {
        **{"id": poll["id"], "event_id": event["id"], "created_at": poll["created_at"]},
        **{"kind": "multiple_choice", "prompt": "Which one?", "max_choices": 2, "scale": None},
        **{"status": "draft", "results_visibility": "live", "opened_at": None, "closed_at": None},
    }


async def test_opening_and_closing_are_timed_and_the_first_opening_stays(api: Api) -> None:
    poll = await _bring_to(api, await api.make_event(), "draft")
    opened = await api.change_poll(poll, status="open")
    closed = await api.change_poll(poll, status="closed")
    assert poll["created_at"] < opened["opened_at"] < closed["closed_at"]
    again = await api.change_poll(poll, status="open")
    assert (again["opened_at"], again["closed_at"]) == (opened["opened_at"], None)
    archived = await api.change_poll(poll, status="archived")
    assert archived["closed_at"] > closed["closed_at"]


async def test_a_poll_keeps_what_a_change_leaves_out(api: Api) -> None:
    poll = await _bring_to(api, await api.make_event(), "open")
    renamed = await api.change_poll(poll, prompt="Which other one?")
    assert renamed == {**poll, "prompt": "Which other one?"}
    assert (await _patch(api, poll)).json() == renamed


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "single_choice", "prompt": "?", "options": [{"label": "a"}]},
        {"kind": "single_choice", "prompt": "?", "options": [{"label": "a"}, {"label": "a"}]},
        {"kind": "single_choice", "prompt": "", "options": [{"label": "a"}, {"label": "b"}]},
        {"kind": "quiz", "prompt": "?", "options": [{"label": "a"}, {"label": "b"}]},
        {"kind": "single_choice", "prompt": "?", "options": [{"label": str(n)} for n in range(51)]},
        {
            **{"kind": "multiple_choice", "prompt": "?", "max_choices": 3},
            "options": [{"label": "a"}, {"label": "b"}],
        },
        {
            **{"kind": "multiple_choice", "prompt": "?", "max_choices": 0},
            "options": [{"label": "a"}, {"label": "b"}],
        },
    ],
)
async def test_a_poll_that_breaks_its_kinds_rules_is_422_and_not_made(api: Api, body: Json) -> None:
    event = await api.make_event()
    before = await fingerprint()
    made = await api.call("POST", f"/v1/events/{event['id']}/polls", api.organizer_key, body)
    check_problem(made, 422, "invalid_request")
    assert await fingerprint() == before


async def test_a_poll_is_in_the_public_feed_from_its_opening_to_its_archiving(api: Api) -> None:
    event = await api.make_event()
    reader = FeedReader(api, event)

    async def seen() -> str | None:
        reader.apply(await read_page(api, event, reader.cursor))
        entry = reader.state.get(("poll", poll["id"]))
        return None if entry is None else str(entry["status"])

    poll = await api.make_poll(event, open_now=False)
    assert await seen() is None
    for status, shown in (("open", "open"), ("closed", "closed"), ("archived", None)):
        await api.change_poll(poll, status=status)
        assert await seen() == shown
    staff = (await snapshot(api, event, "staff")).state
    assert staff["poll", poll["id"]]["status"] == "archived"


async def test_an_erased_poll_and_its_results_are_tombstones_for_both_audiences(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    before = {each: (await snapshot(api, event, each)).cursor for each in ("public", "staff")}
    path = f"/v1/polls/{poll['id']}"
    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204
    check_problem(await api.call("DELETE", path, api.organizer_key), 404, "not_found")
    check_problem(await _patch(api, poll, prompt="?"), 404, "not_found")
    for audience, cursor in before.items():
        page = await read_page(api, event, cursor, audience=audience)
        gone = {(each["type"], each["id"]): each["data"] for each in page["changes"]}
        assert gone == {("poll", poll["id"]): None, ("poll_results", poll["id"]): None}


async def test_ending_the_event_closes_its_open_polls_and_only_those(api: Api) -> None:
    event = await api.make_event()
    polls = {status: await _bring_to(api, event, status) for status in ROADS}
    voter = await api.join(event)
    assert (await api.vote(voter, polls["open"], 1)).status_code == 200
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"status": "ended"})
    state = (await snapshot(api, event, "staff")).state
    now = {was: state["poll", poll["id"]]["status"] for was, poll in polls.items()}
    assert now == {"draft": "draft", "open": "closed", "closed": "closed", "archived": "archived"}
    final = state["poll_results", polls["open"]["id"]]
    assert (final["final"], final["voters"]) == (True, 1)
    public = (await snapshot(api, event)).state
    assert public["poll_results", polls["open"]["id"]] == final


async def test_two_hosts_who_close_at_once_close_once(api: Api) -> None:
    poll = await _bring_to(api, await api.make_event(), "open")
    answers = await asyncio.gather(*(_patch(api, poll, status="closed") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["closed_at"] for answer in answers}) == 1
