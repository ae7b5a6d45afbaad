"""A session as people run it: a host and two phones, in a real browser."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.api import Api
from tests.web.conftest import PATIENCE_MS, OpenDevice
from tests.web.people import host_on, join_on

pytestmark = pytest.mark.browser


async def _vote(page: Page, label: str) -> None:
    await page.get_by_role("radio", name=label).check()
    await page.get_by_role("button", name=re.compile("^(Vote|Change my vote)$")).click()
    await expect(page.get_by_role("button", name="Your vote is counted")).to_be_visible()


def _row(page: Page, label: str) -> Locator:
    return page.locator(".option", has_text=label)


async def _shows(page: Page, label: str, votes: str) -> None:
    await expect(_row(page, label)).to_contain_text(votes, timeout=PATIENCE_MS)


async def test_two_phones_and_a_host_run_a_session(device: OpenDevice, api: Api) -> None:
    event = await api.make_event(live=False, question_moderation=True)
    host = await host_on(device, api, event, width=1280)
    await host.get_by_role("button", name="Go live").click()
    await expect(host.get_by_role("button", name="End event")).to_be_visible()
    grace = await join_on(device, event, "Grace")
    alan = await join_on(device, event, width=320, height=640)

    await host.get_by_label("Question", exact=True).fill("When shall we meet?")
    await host.get_by_role("textbox", name="Answer 1").fill("Tuesday")
    await host.get_by_role("textbox", name="Answer 2").fill("Friday")
    await host.get_by_role("button", name="Open now").click()
    await _vote(grace, "Tuesday")
    await _vote(alan, "Tuesday")
    await _vote(alan, "Friday")
    for page in (grace, alan, host):
        await _shows(page, "Tuesday", "50 %1 vote")
        await _shows(page, "Friday", "50 %1 vote")

    await host.get_by_role("button", name="Close poll").click()
    for page in (grace, alan):
        await expect(page.get_by_text("Final result · 2 people have voted")).to_be_visible()
        await _shows(page, "Tuesday", "50 %1 vote")
    await expect(_row(alan, "Friday")).to_contain_text("your vote")

    await grace.get_by_role("button", name="Questions").click()
    await grace.get_by_label("Ask a question").fill("Will there be cake?")
    await grace.get_by_role("button", name="Send").click()
    await expect(grace.get_by_text("Waiting for the moderator")).to_be_visible()
    await alan.get_by_role("button", name="Questions").click()
    await expect(alan.get_by_text("cake")).to_have_count(0)

    await host.get_by_role("button", name="Approve").click()
    upvote = alan.get_by_role("button", name="Upvote")
    await upvote.click()
    await expect(upvote).to_have_attribute("aria-pressed", "true")
    for page in (grace, alan):
        await expect(page.locator(".upvote")).to_have_text("1", timeout=PATIENCE_MS)
    await expect(host.get_by_text("1 upvote")).to_be_visible(timeout=PATIENCE_MS)

    await host.get_by_role("button", name="End event").click()
    await host.get_by_role("button", name="End the event").click()
    await expect(alan.get_by_text("This event has ended")).to_be_visible(timeout=PATIENCE_MS)


async def test_a_multiple_choice_holds_no_more_than_its_limit_and_hides_results_until_closed(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(
        event, kind="multiple_choice", max_choices=2, results_visibility="after_close"
    )
    phone = await join_on(device, event)
    await phone.get_by_role("checkbox", name="red").check()
    await phone.get_by_role("checkbox", name="green").check()
    await expect(phone.get_by_role("checkbox", name="blue")).to_be_disabled()
    await phone.get_by_role("button", name="Vote").click()
    await expect(phone.get_by_role("button", name="Your vote is counted")).to_be_visible()
    await expect(phone.get_by_text("Results hidden until the poll closes")).to_be_visible()
    await expect(phone.locator(".share")).to_have_count(0)
    assert [tally["votes"] for tally in (await api.results(poll))["tallies"]] == [1, 1, 0]

    await api.change_poll(poll, status="closed")
    await _shows(phone, "red", "100 %1 vote")
    await _shows(phone, "blue", "0 %0 votes")


async def test_a_vote_can_be_taken_back(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    phone = await join_on(device, event)
    await expect(phone.get_by_role("button", name="Vote", exact=True)).to_be_visible()
    await _vote(phone, "green")
    await phone.get_by_role("button", name="Take it back").click()
    await expect(phone.get_by_role("button", name="Vote", exact=True)).to_be_visible()
    await expect(phone.get_by_role("radio", name="green")).not_to_be_checked()
    assert (await api.results(poll))["voters"] == 0


async def test_a_reload_keeps_who_one_is_and_what_one_did(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    phone = await join_on(device, event, "Grace")
    await _vote(phone, "green")
    await phone.reload()
    await expect(phone.get_by_text("You are Grace")).to_be_visible()
    await expect(phone.get_by_role("radio", name="green")).to_be_checked()
    await _vote(phone, "blue")
    results = await api.results(poll)
    assert [tally["votes"] for tally in results["tallies"]] == [0, 0, 1]


async def test_the_host_link_leaves_the_address_bar_and_lasts_for_the_tab(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    host = await host_on(device, api, event)
    await expect(host.get_by_text(event["join_code"], exact=True)).to_be_visible()
    assert host.url.endswith("/")
    assert await host.evaluate("Object.keys(localStorage).length") == 0
    await host.reload()
    await expect(host.get_by_role("button", name="End event")).to_be_visible()


async def test_a_moderator_is_not_offered_what_only_a_host_may(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    token = await api.add_member(event, "moderator")
    page = await device(f"/#host={event['id']}:{token}")
    await expect(page.get_by_role("button", name="Save as draft")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await expect(page.get_by_role("button", name="End event")).to_have_count(0)


async def test_what_people_write_is_shown_as_text(device: OpenDevice, api: Api) -> None:
    hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    event = await api.make_event()
    await api.make_poll(event, hostile, "harmless")
    asker = await api.join(event, hostile)
    await api.ask(asker, event, hostile)
    for page in (
        await join_on(device, event, width=1280),
        await host_on(device, api, event, width=1280),
    ):
        await expect(page.get_by_text(hostile).first).to_be_visible()
        await expect(page.get_by_text(hostile)).to_have_count(3)
        assert await page.locator("img, #page script").count() == 0
