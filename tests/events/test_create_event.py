"""Making an event, and the join code that it gets."""

import re
from datetime import UTC, datetime

import pytest

from shared.identifiers import JOIN_CODE_ALPHABET
from tests.support.api import STAFF_SETTINGS, Api, Json
from tests.support.problems import check_problem
from tests.support.tables import query

MEMBERS = {
    "id",
    "join_code",
    "title",
    "status",
    "starts_at",
    "ends_at",
    "settings",
    "created_at",
    "revision",
}


async def create(api: Api, **fields: object) -> Json:
    made = await api.call("POST", "/v1/events", api.organizer_key, {"title": "Keynote", **fields})
    assert made.status_code == 201, made.text
    event: Json = made.json()
    return event


async def test_a_new_event_is_a_draft_with_the_default_settings(api: Api) -> None:
    event = await create(api)

    assert set(event) == MEMBERS
    assert event["status"] == "draft"
    assert event["settings"] == {
        "question_moderation": False,
        "allow_anonymous_questions": True,
        "reactions_enabled": True,
        "open_text_moderation": False,
        "slow_mode_s": 0,
        **dict.fromkeys(STAFF_SETTINGS, []),
        "retention_days": 0,
    }
    assert (event["starts_at"], event["ends_at"]) == (None, None)
    assert event["revision"] == 1
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-.{4}-[0-9a-f]{12}", event["id"])
    made_ago = datetime.now(UTC) - datetime.fromisoformat(event["created_at"])
    assert abs(made_ago.total_seconds()) < 60


async def test_a_new_event_has_what_was_asked_for(api: Api) -> None:
    event = await create(
        api,
        title="  Annual\tmeeting \u0063\u0327a ",
        starts_at="2027-03-01T09:00:00+02:00",
        ends_at="2027-03-01T18:00:00Z",
        settings={"question_moderation": True},
    )

    assert event["title"] == "Annual meeting \u00e7a"
    assert event["starts_at"] == "2027-03-01T07:00:00Z"
    assert event["ends_at"] == "2027-03-01T18:00:00Z"
    assert event["settings"] == {
        "question_moderation": True,
        "allow_anonymous_questions": True,
        "reactions_enabled": True,
        "open_text_moderation": False,
        "slow_mode_s": 0,
        **dict.fromkeys(STAFF_SETTINGS, []),
        "retention_days": 0,
    }
    read = await api.call("GET", f"/v1/events/{event['id']}", api.organizer_key)
    assert read.json() == event


async def test_join_codes_have_six_characters_without_look_alikes(api: Api) -> None:
    codes = [(await create(api))["join_code"] for _ in range(20)]

    assert not set("01OIL") & set(JOIN_CODE_ALPHABET)
    assert len(set(codes)) == 20
    for code in codes:
        assert len(code) == 6
        assert set(code) <= set(JOIN_CODE_ALPHABET)


async def test_a_join_code_that_is_taken_is_drawn_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = await create(api)
    draws = iter([taken["join_code"], taken["join_code"], "ZZZZZ2"])
    monkeypatch.setattr("shared.events.queries.new_join_code", lambda: next(draws))

    event = await create(api)

    assert event["join_code"] == "ZZZZZ2"
    assert event["revision"] == 1


async def test_no_free_join_code_is_503_and_makes_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = await create(api)
    monkeypatch.setattr("shared.events.queries.new_join_code", lambda: taken["join_code"])

    refused = await api.call("POST", "/v1/events", api.organizer_key, {"title": "Never made"})

    check_problem(refused, 503, "unavailable")
    assert await query("SELECT 1 FROM events WHERE title = 'Never made'") == []


async def test_a_join_code_may_come_again_once_its_event_has_ended(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = await api.make_event()
    path = f"/v1/events/{ended['id']}"
    assert (await api.call("PATCH", path, api.organizer_key, {"status": "ended"})).is_success
    monkeypatch.setattr("shared.events.queries.new_join_code", lambda: ended["join_code"])

    event = await create(api)

    assert event["join_code"] == ended["join_code"]
    event_path = f"/v1/events/{event['id']}"
    live = await api.call("PATCH", event_path, api.organizer_key, {"status": "live"})
    joined = await api.call("POST", "/v1/join", None, {"join_code": ended["join_code"]})
    assert joined.json()["event_id"] == live.json()["id"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", " \u200b\u2060\ufeff\t"),
        ("title", "x" * 201),
        ("title", 5),
        ("title", None),
        ("starts_at", "tomorrow"),
        ("starts_at", "2027-03-01T09:00:00"),
        ("starts_at", "2027-03-01"),
        ("starts_at", 1_800_000_000),
        ("starts_at", "1800000000"),
        ("starts_at", "0001-01-01T00:00:00+14:00"),
        ("ends_at", "9999-12-31T23:59:59-14:00"),
        ("settings", {"question_moderation": "yes"}),
        ("settings", {"question_moderation": 1}),
        ("settings", {"question_moderation": None}),
        ("settings", {"dark_mode": True}),
        ("settings", []),
        ("settings", None),
        ("join_code", "ABCDEF"),
        ("status", "live"),
    ],
)
async def test_a_field_that_does_not_fit_is_422(api: Api, field: str, value: object) -> None:
    body = {"title": "Keynote", field: value}

    refused = await api.call("POST", "/v1/events", api.organizer_key, body)

    problem = check_problem(refused, 422, "invalid_request")
    assert problem["errors"][0]["location"][:2] == ["body", field]


async def test_an_event_cannot_end_before_it_starts(api: Api) -> None:
    body = {
        "title": "Backwards",
        "starts_at": "2027-03-01T09:00:00Z",
        "ends_at": "2027-03-01T09:00:00+02:00",
    }

    refused = await api.call("POST", "/v1/events", api.organizer_key, body)

    check_problem(refused, 422, "invalid_request")
    assert await query("SELECT 1 FROM events WHERE title = 'Backwards'") == []
