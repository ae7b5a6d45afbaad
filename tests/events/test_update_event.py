"""Changing an event: its states, its settings, and what the audience is shown of it."""

import pytest

from tests.support.api import STAFF_SETTINGS, Api, FeedReader, Json
from tests.support.feed import read_page
from tests.support.fresh import FreshReader
from tests.support.problems import check_problem


async def update(api: Api, event: Json, **fields: object) -> Json:
    path = f"/v1/events/{event['id']}"
    changed = await api.call("PATCH", path, api.organizer_key, fields)
    assert changed.status_code == 200, changed.text
    after: Json = changed.json()
    return after


async def test_an_event_goes_from_draft_to_live_to_ended(api: Api) -> None:
    event = await api.make_event(live=False)

    assert (await update(api, event, status="live"))["status"] == "live"
    assert (await update(api, event, status="ended"))["status"] == "ended"


@pytest.mark.parametrize(
    ("way", "asked"),
    [
        ([], "ended"),
        (["live"], "draft"),
        (["live", "ended"], "live"),
        (["live", "ended"], "draft"),
    ],
)
async def test_no_other_step_is_possible(api: Api, way: list[str], asked: str) -> None:
    event = await api.make_event(live=False)
    for status in way:
        event = await update(api, event, status=status)

    path = f"/v1/events/{event['id']}"
    refused = await api.call("PATCH", path, api.organizer_key, {"status": asked, "title": "Other"})

    check_problem(refused, 409, "invalid_transition")
    assert (await api.call("GET", path, api.organizer_key)).json() == event


@pytest.mark.parametrize("way", [[], ["live"], ["live", "ended"]])
async def test_the_state_it_has_is_no_change(api: Api, way: list[str]) -> None:
    event = await api.make_event(live=False)
    for status in way:
        event = await update(api, event, status=status)

    assert await update(api, event, status=event["status"]) == event


async def test_a_patch_changes_what_it_names_and_nothing_else(api: Api) -> None:
    event = await api.make_event()

    retitled = await update(api, event, title="Closing")
    assert retitled == event | {"title": "Closing", "revision": retitled["revision"]}

    moderated = await update(api, event, settings={"question_moderation": True})
    assert moderated["title"] == "Closing"
    assert moderated["settings"] == event["settings"] | {"question_moderation": True}

    quiet = await update(api, event, settings={"reactions_enabled": False})
    assert quiet["settings"] == moderated["settings"] | {"reactions_enabled": False}


@pytest.mark.parametrize("fields", [{}, {"settings": {}}])
async def test_a_patch_of_nothing_changes_nothing(api: Api, fields: Json) -> None:
    event = await api.make_event()

    assert await update(api, event, **fields) == event


@pytest.mark.parametrize(
    "fields",
    [
        {"title": None},
        {"status": None},
        {"settings": None},
        {"settings": {"question_moderation": None}},
        {"settings": {"question_moderation": "false"}},
        {"settings": {"question_moderation": 0}},
        {"settings": {"dark_mode": True}},
        {"status": "paused"},
        {"title": ""},
        {"title": "x" * 201},
        {"join_code": "ABCDEF"},
        {"organizer_id": "0197f6a0-c0de-7000-a1b2-c3d4e5f60718"},
        {"revision": 1},
        {"starts_at": "2027-03-01T09:00:00Z"},
    ],
)
async def test_a_field_that_does_not_fit_is_422_and_nothing_of_the_patch_is_done(
    api: Api, fields: Json
) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}"

    refused = await api.call("PATCH", path, api.organizer_key, {"title": "Other", **fields})

    check_problem(refused, 422, "invalid_request")
    assert (await api.call("GET", path, api.organizer_key)).json() == event


async def test_both_feeds_show_the_change(api: Api) -> None:
    event = await api.make_event()
    host = await api.add_member(event, "host")
    public, staff = FreshReader(api, event), FeedReader(api, event, host)
    await public.poll()
    await staff.poll()

    changed = await update(api, event, title="Closing", settings={"question_moderation": True})

    shown = {name: value for name, value in changed.items() if name != "revision"}
    for_all = dict(shown["settings"])
    for name in STAFF_SETTINGS:
        del for_all[name]
    del for_all["retention_days"]
    for reader, settings in ((public, for_all), (staff, shown["settings"])):
        (change,) = await reader.poll()
        shown["settings"] = settings
        assert (change["type"], change["id"], change["data"]) == ("event", event["id"], shown)
    assert (await read_page(api, event))["changes"][-1]["revision"] == changed["revision"]


async def test_ending_the_event_closes_its_open_polls_for_good(api: Api) -> None:
    event = await api.make_event()
    voter = await api.join(event)
    polls = [await api.make_poll(event, results_visibility="after_close") for _ in range(2)]
    draft = await api.make_poll(event, open_now=False)
    await api.vote(voter, polls[0], 1)
    reader = FreshReader(api, event)
    await reader.poll()

    await update(api, event, status="ended")

    await reader.poll()
    for poll in polls:
        shown = reader.state["poll", poll["id"]]
        assert shown["status"] == "closed"
        assert shown["closed_at"] is not None
        assert reader.state["poll_results", poll["id"]]["final"] is True
    results = reader.state["poll_results", polls[0]["id"]]
    assert [tally["votes"] for tally in results["tallies"]] == [0, 1, 0]
    assert ("poll", draft["id"]) not in reader.state
    check_problem(await api.vote(voter, polls[0], 0), 409, "event_not_live")
