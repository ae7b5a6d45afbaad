"""Joining: a code in any case gives a token, and writes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.settings import get_settings
from tests.support.api import STAFF_SETTINGS, Api, Json
from tests.support.problems import check_problem
from tests.support.settings import changed_settings
from tests.support.tables import fingerprint


async def join(api: Api, **body: object) -> Json:
    joined = await api.call("POST", "/v1/join", None, body)
    assert joined.status_code == 200, joined.text
    answer: Json = joined.json()
    return answer


async def test_joining_returns_a_token_for_the_event_and_writes_nothing(api: Api) -> None:
    event = await api.make_event()
    before = await fingerprint()

    joined = await join(api, join_code=event["join_code"], display_name="Grace")

    assert await fingerprint() == before
    assert set(joined) == {"event_id", "participant_id", "token", "expires_at", "event"}
    assert joined["event_id"] == event["id"]
    assert joined["token"].startswith("ovp_")
    del event["revision"]
    for name in STAFF_SETTINGS:
        del event["settings"][name]
    del event["settings"]["retention_days"]
    assert joined["event"] == event
    me = (await api.call("GET", f"/v1/events/{event['id']}/me", joined["token"])).json()
    assert (me["participant_id"], me["display_name"]) == (joined["participant_id"], "Grace")
    assert await fingerprint() == before


async def test_a_token_lives_a_day_unless_the_setting_says_otherwise(api: Api) -> None:
    event = await api.make_event()

    async def life() -> timedelta:
        joined = await join(api, join_code=event["join_code"])
        return datetime.fromisoformat(joined["expires_at"]) - datetime.now(UTC)

    assert get_settings().participant_token_ttl_s == 86_400
    assert abs(await life() - timedelta(days=1)) < timedelta(seconds=10)
    with changed_settings(participant_token_ttl_s=60):
        assert abs(await life() - timedelta(minutes=1)) < timedelta(seconds=10)


async def test_a_code_is_accepted_in_any_case_and_with_space_around_it(api: Api) -> None:
    event = await api.make_event()
    code = event["join_code"]

    for typed in (code.lower(), code.title(), f"  {code} ", f"\t{code.lower()}\n"):
        assert (await join(api, join_code=typed))["event_id"] == event["id"]


async def test_joining_again_makes_another_participant(api: Api) -> None:
    event = await api.make_event()

    first = await join(api, join_code=event["join_code"], display_name="Grace")
    second = await join(api, join_code=event["join_code"], display_name="Grace")

    assert first["participant_id"] != second["participant_id"]
    assert first["token"] != second["token"]


@pytest.mark.parametrize("names", [{}, {"display_name": None}])
async def test_a_name_is_not_needed(api: Api, names: Json) -> None:
    event = await api.make_event()

    joined = await join(api, join_code=event["join_code"], **names)

    me = (await api.call("GET", f"/v1/events/{event['id']}/me", joined["token"])).json()
    assert me["display_name"] is None


@pytest.mark.parametrize("steps", [[], ["live", "ended"]])
async def test_an_event_that_is_not_live_cannot_be_joined(api: Api, steps: list[str]) -> None:
    event = await api.make_event(live=False)
    for status in steps:
        path = f"/v1/events/{event['id']}"
        await api.call("PATCH", path, api.organizer_key, {"status": status})

    refused = await api.call("POST", "/v1/join", None, {"join_code": event["join_code"]})

    check_problem(refused, 409, "event_not_live")


@pytest.mark.parametrize(
    "code", ["222222", "0OIL11", "A", "A" * 20, "' OR 1=1", "%", "______", "\u00df\u00df\u00df"]
)
async def test_a_code_that_no_event_has_is_404(api: Api, code: str) -> None:
    check_problem(await api.call("POST", "/v1/join", None, {"join_code": code}), 404, "not_found")


@pytest.mark.parametrize(
    "fields",
    [
        {"join_code": None},
        {"join_code": ""},
        {"join_code": 222222},
        {"join_code": ["222222"]},
        {"join_code": "A" * 21},
        {"join_code": "A\x00BCDE"},
        {"display_name": ""},
        {"display_name": "\u200b\u2060"},
        {"display_name": "x" * 81},
        {"display_name": "Gr\x00ace"},
        {"display_name": 7},
        {"participant_id": "0197f6a0-c0de-7000-a1b2-c3d4e5f60718"},
        {"role": "host"},
    ],
)
async def test_a_field_that_does_not_fit_is_422(api: Api, fields: Json) -> None:
    event = await api.make_event()
    body = {"join_code": event["join_code"], **fields}

    refused = await api.call("POST", "/v1/join", None, body)

    problem = check_problem(refused, 422, "invalid_request")
    assert problem["errors"][0]["location"] == ["body", next(iter(fields))]


@pytest.mark.parametrize("path", ["/v1/joiner", "/v1/join/", "/v1/join/x", "/v1/join%20"])
async def test_only_the_path_of_joining_joins(api: Api, path: str) -> None:
    event = await api.make_event()

    refused = await api.call("POST", path, None, {"join_code": event["join_code"]})

    check_problem(refused, 404, "not_found")
