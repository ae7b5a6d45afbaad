"""The page for thumbs, for keyboards and for ears."""

from random import Random

import pytest
from playwright.async_api import expect

from shared.polls.kinds import KINDS
from tests.support.api import Api
from tests.support.crowd import crowd
from tests.support.kinds import make_poll, random_vote
from tests.web.conftest import PATIENCE_MS, OpenDevice
from tests.web.people import host_on, join_on

pytestmark = pytest.mark.browser


async def test_a_vote_is_cast_by_keyboard_and_the_focus_stays(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    phone = await join_on(device, event)
    await phone.get_by_role("radio", name="red").focus()
    await phone.keyboard.press("ArrowDown")
    await phone.keyboard.press("Tab")
    await expect(phone.get_by_role("button", name="Vote", exact=True)).to_be_focused()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("button", name="Your vote is counted")).to_be_focused()
    assert [tally["votes"] for tally in (await api.results(poll))["tallies"]] == [0, 1, 0]


async def test_half_typed_text_survives_what_the_feed_brings(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    phone = await join_on(device, event, width=1280)
    host = await host_on(device, api, event, width=1280)
    body, prompt = phone.get_by_label("Ask a question"), host.get_by_label("Question", exact=True)
    await body.press_sequentially("Will there")
    await prompt.press_sequentially("When shall")
    asker = await api.join(event)
    await api.ask(asker, event, "Which came first?")
    for page in (phone, host):
        await expect(page.get_by_text("Which came first?")).to_be_visible(timeout=PATIENCE_MS)
    for page, field, rest in ((phone, body, " be cake?"), (host, prompt, " we meet?")):
        await expect(field).to_be_focused()
        await page.keyboard.type(rest)
    await expect(body).to_have_value("Will there be cake?")
    await expect(prompt).to_have_value("When shall we meet?")


async def test_a_result_is_told_to_who_cannot_see_the_bars(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, "red", "green")
    phone = await join_on(device, event)
    await expect(phone.get_by_role("radio", name="red")).to_be_visible()
    await api.vote(await api.join(event), poll, 1)
    spoken = "Result so far, Which one? red: 0 votes, green: 1 vote."
    await expect(phone.locator("#announcer")).to_have_text(spoken, timeout=PATIENCE_MS)


async def test_every_target_suits_a_thumb_on_a_narrow_phone(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    for kind in KINDS:
        poll = await make_poll(api, event, kind)
        [person] = await crowd(event, 1)
        assert (await api.answer(person, poll, **random_vote(poll, Random(1)))).status_code == 200
    await api.make_poll(event, "red", "a very long answer " * 8)
    await api.make_poll(event, "red", "a very long answer " * 8, kind="ranking")
    await api.make_poll(
        event, kind="rating", scale={"steps": 10, "max_label": "so long a word " * 9}
    )
    asker = await api.join(event, "Pneumonoultramicroscopicsilicovolcanoconiosis")
    await api.ask(asker, event, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3)
    phone = await join_on(device, event, width=320, height=640)
    host = await host_on(device, api, event, width=320, height=640)
    for page in (phone, host):
        for tab in ("Polls", "Questions"):
            await page.get_by_role("navigation").get_by_role("button", name=tab).click()
            overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await page.evaluate(overflow) == 0
            targets = page.locator(
                "button, select, summary, textarea, .can-pick, .check, .segments label, a"
            )
            for target in await targets.filter(visible=True).all():
                box = await target.bounding_box()
                assert box and min(box["height"], box["width"]) >= 44, await target.inner_text()
