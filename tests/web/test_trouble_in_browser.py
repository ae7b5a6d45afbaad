"""What a phone does when the network, the service or its own credential lets it down."""

import time

import pytest
from playwright.async_api import Route, expect

from tests.support.api import Api, Json
from tests.web.conftest import PATIENCE_MS, OpenDevice
from tests.web.people import join_on, lose_first_answer

pytestmark = pytest.mark.browser

FEED = "**/changes?*"
VOTE = "**/vote"
# Two waits that grow, with their jitter, and a slow machine.
RETRIED_MS = 15_000


async def _votes(api: Api, poll: Json) -> list[int]:
    return [tally["votes"] for tally in (await api.results(poll))["tallies"]]


async def test_a_vote_cast_offline_is_counted_once_when_the_connection_is_back(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    phone = await join_on(device, event)
    await phone.get_by_role("radio", name="green").check()
    await phone.context.set_offline(True)
    await phone.get_by_role("button", name="Vote").click()
    await expect(phone.get_by_text("You are offline. Trying again…")).to_be_visible()
    await expect(phone.get_by_role("button", name="Trying again…")).to_be_visible()
    assert await _votes(api, poll) == [0, 0, 0]

    await phone.context.set_offline(False)
    await expect(phone.get_by_role("button", name="Your vote is counted")).to_be_visible()
    await expect(phone.get_by_text("You are offline")).to_have_count(0, timeout=RETRIED_MS)
    assert await _votes(api, poll) == [0, 1, 0]


async def test_a_vote_whose_answer_is_lost_is_counted_once(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    phone = await join_on(device, event)
    reached = await lose_first_answer(phone, VOTE)
    await phone.get_by_role("radio", name="green").check()
    await phone.get_by_role("button", name="Vote").click()
    counted = phone.get_by_role("button", name="Your vote is counted")
    await expect(counted).to_be_visible(timeout=RETRIED_MS)
    assert reached == [200, 200]
    assert await _votes(api, poll) == [0, 1, 0]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_service_is_asked_again_when_it_said(
    device: OpenDevice, api: Api, status: int
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    phone = await join_on(device, event)
    asked_at: list[float] = []

    async def refuse_once(route: Route) -> None:
        asked_at.append(time.monotonic())
        if len(asked_at) > 1:
            return await route.continue_()
        return await route.fulfill(status=status, headers={"Retry-After": "3"}, json={})

    await phone.route(VOTE, refuse_once)
    await phone.get_by_role("radio", name="green").check()
    await phone.get_by_role("button", name="Vote").click()
    await expect(phone.get_by_role("button", name="Trying again…")).to_be_visible()
    counted = phone.get_by_role("button", name="Your vote is counted")
    await expect(counted).to_be_visible(timeout=RETRIED_MS)
    await expect(phone.locator(".problem")).to_have_count(0)
    assert len(asked_at) == 2 and asked_at[1] - asked_at[0] >= 3
    assert await _votes(api, poll) == [0, 1, 0]


async def test_a_question_whose_answer_is_lost_is_asked_once(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    phone = await join_on(device, event)
    reached = await lose_first_answer(phone, "**/questions")
    await phone.get_by_role("button", name="Questions").click()
    await phone.get_by_label("Ask a question").fill("Will there be cake?")
    await phone.get_by_role("button", name="Send").click()
    await expect(phone.get_by_label("Ask a question")).to_have_value("", timeout=RETRIED_MS)
    assert reached == [201, 201]
    await expect(phone.locator(".question")).to_have_count(1)


async def test_a_vote_that_comes_too_late_is_refused_in_plain_words(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    phone = await join_on(device, event)
    await phone.get_by_role("radio", name="green").check()
    # The phone does not hear of the closing before it votes.
    await phone.route(FEED, lambda route: route.abort())
    await api.change_poll(poll, status="closed")
    await phone.get_by_role("button", name="Vote").click()
    await expect(phone.get_by_role("alert").filter(has_text="This poll has closed")).to_be_visible()
    assert await _votes(api, poll) == [0, 0, 0]


async def test_a_refused_token_joins_again_under_the_same_name(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    phone = await join_on(device, event, "Grace")
    await phone.evaluate("""() => {
        const name = Object.keys(localStorage).find((key) => key.startsWith("ovation.event."));
        const identity = JSON.parse(localStorage.getItem(name));
        localStorage.setItem(name, JSON.stringify({ ...identity, token: "ovp_expired" }));
    }""")
    await phone.reload()
    await expect(phone.get_by_text("You have joined again")).to_be_visible()
    await expect(phone.get_by_text("You are Grace")).to_be_visible()
    await phone.get_by_role("radio", name="green").check()
    await phone.get_by_role("button", name="Vote").click()
    await expect(phone.get_by_role("button", name="Your vote is counted")).to_be_visible()
    assert await _votes(api, poll) == [0, 1, 0]


async def test_a_wrong_code_and_an_event_that_is_not_open_are_told_apart(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event(live=False)
    phone = await device("/")
    await phone.get_by_label("Event code").fill("zz zz-99")
    await phone.get_by_role("button", name="Join").click()
    await expect(phone.get_by_text("No event has this code")).to_be_visible()
    await phone.get_by_label("Event code").fill(event["join_code"].lower())
    await phone.get_by_role("button", name="Join").click()
    await expect(phone.get_by_text("This event is not open")).to_be_visible()


async def test_a_revoked_host_link_says_so(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/members"
    made = await api.call("POST", path, api.organizer_key, {"role": "host", "name": "Ada"})
    member = made.json()
    host = await device(f"/#host={event['id']}:{member['token']}")
    await expect(host.get_by_role("button", name="End event")).to_be_visible()
    await api.call("DELETE", f"{path}/{member['member_id']}", api.organizer_key)
    refused = host.get_by_text("Your host link is no longer accepted")
    await expect(refused).to_be_visible(timeout=PATIENCE_MS)
    assert await host.evaluate("sessionStorage.length") == 0
