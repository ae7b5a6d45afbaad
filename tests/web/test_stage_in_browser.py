"""Reactions, announcements and moderation on the built-in page."""

import pytest
from playwright.async_api import expect

from tests.support.api import Api
from tests.web.conftest import OpenDevice
from tests.web.people import host_on, join_on

pytestmark = pytest.mark.browser


async def test_taps_are_counted_and_seen_by_everyone(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    phone = await join_on(device, event)
    desk = await host_on(device, api, event, width=1200)
    clap = phone.get_by_role("button", name="Clap, 0 so far")

    for _ in range(4):
        await phone.get_by_role("button", name="Clap").click()

    await expect(clap).to_have_count(0)
    await expect(phone.get_by_role("button", name="Clap, 4 so far")).to_be_visible()
    await expect(desk.locator(".reactions")).to_contain_text("4")


async def test_who_may_not_react_sees_no_buttons(device: OpenDevice, api: Api) -> None:
    event = await api.make_event(reactions_enabled=False)
    phone = await join_on(device, event)
    await expect(phone.get_by_role("group", name="React")).to_have_count(0)


async def test_an_announcement_is_made_seen_and_taken_back(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    phone = await join_on(device, event)
    desk = await host_on(device, api, event, width=1200)
    await desk.get_by_text("Announce something").click()
    await desk.get_by_label("What everyone shall read").fill("Lunch is served.")
    await desk.get_by_label("How long").select_option("for 15 minutes")
    await desk.get_by_label("Pinned above the others").check()
    await desk.get_by_role("button", name="Announce", exact=True).click()

    announced = phone.get_by_role("region", name="Announcements")
    await expect(announced).to_contain_text("Lunch is served.")
    await expect(announced).to_contain_text("Pinned")
    await expect(desk.get_by_label("What everyone shall read")).to_have_value("")
    await desk.get_by_role("button", name="Take back").click()
    await expect(announced).to_have_count(0)


async def test_a_duplicate_is_merged_and_comes_back(device: OpenDevice, api: Api) -> None:
    event = await api.make_event(word_filter_words=["heck"])
    asker = await api.join(event)
    await api.ask(asker, event, "Will it rain?")
    await api.ask(asker, event, "What the heck is the weather?")
    phone = await join_on(device, event)
    await phone.get_by_role("button", name="Questions").click()
    duplicate = phone.get_by_text("What the heck is the weather?")
    await expect(duplicate).to_be_visible()
    desk = await host_on(device, api, event, width=1200)
    asked = desk.locator(".question-body", has_text="What the heck is the weather?")
    card = desk.locator("article", has=asked)
    await expect(card).to_contain_text("Flagged: heck")

    await card.get_by_text("More", exact=True).click()
    await card.get_by_label("The same as").select_option("Will it rain?")

    await expect(duplicate).to_have_count(0)
    await desk.get_by_text("Merged into another (1)").click()
    await desk.get_by_role("button", name="Undo the merge").click()
    await expect(duplicate).to_be_visible()


async def test_whoever_is_banned_is_told_so(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    phone = await join_on(device, event, "Grace")
    await phone.get_by_role("button", name="Questions").click()
    await phone.get_by_label("Ask a question").fill("May I?")
    await phone.get_by_role("button", name="Send").click()
    desk = await host_on(device, api, event, width=1200)
    card = desk.locator("article", has_text="May I?").first
    await card.get_by_text("More", exact=True).click()
    await card.get_by_role("button", name="Ban the author").click()
    await desk.get_by_role("button", name="Ban", exact=True).click()
    await expect(desk.locator("#toast")).to_contain_text("Banned")

    await phone.get_by_label("Ask a question").fill("And this?")
    await phone.get_by_role("button", name="Send").click()

    await expect(phone.get_by_role("alert")).to_contain_text("removed from this event")
