"""Every kind of poll in a real browser: made, voted, changed, taken back, and shown on both sides."""

import json

import pytest
from playwright.async_api import Page, Route, expect

from shared.polls.kinds import KINDS
from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.feed import snapshot
from tests.support.kinds import make_poll
from tests.web.conftest import PATIENCE_MS, OpenDevice
from tests.web.people import host_on, join_on

pytestmark = pytest.mark.browser


async def _make(host: Page, kind: str, prompt: str) -> None:
    """Begin a poll of a kind in the host's form."""
    await host.get_by_role("radio", name=kind, exact=True).check()
    await host.get_by_label("Question", exact=True).fill(prompt)


async def _send(page: Page, button: str, done: str) -> None:
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.get_by_role("button", name=done)).to_be_visible()


async def _shows(pages: tuple[Page, ...], place: str, *texts: str) -> None:
    for page in pages:
        await expect(page.locator(place)).to_have_text(list(texts), timeout=PATIENCE_MS)


async def test_a_rating_is_made_given_changed_and_taken_back(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    host = await host_on(device, api, event, width=1280)
    phone = await join_on(device, event)
    await _make(host, "Rating", "How was the talk?")
    await host.get_by_label("Steps").select_option("4")
    await host.get_by_label("What 1 means").fill("Poor")
    await host.get_by_label("What 4 means").fill("Great")
    await host.get_by_role("button", name="Open now").click()

    await phone.get_by_role("radio", name="4, Great").check()
    await _send(phone, "Vote", "Your vote is counted")
    await phone.get_by_role("radio", name="3", exact=True).check()
    await _send(phone, "Change my vote", "Your vote is counted")
    others = await crowd(event, 2)
    state = (await snapshot(api, event)).state
    [poll] = [entry for (type, _), entry in state.items() if type == "poll"]
    for other in others:
        assert (await api.answer(other, poll, rating=2)).status_code == 200
    steps = ("1: 0 votes01", "2: 2 votes22", "3: 1 vote13", "4: 0 votes04")
    await _shows((phone, host), ".columns-chart li", *steps)
    await _shows((phone, host), ".mean", "2.33 on average, of 4")
    await expect(phone.get_by_text("1 = Poor")).to_be_visible()

    await phone.get_by_role("button", name="Take it back").click()
    await expect(phone.get_by_role("radio", name="3", exact=True)).not_to_be_checked()
    await host.get_by_role("button", name="Close poll").click()
    await expect(phone.get_by_text("Final result · 2 people have voted")).to_be_visible()
    await _shows((phone, host), ".mean", "2.0 on average, of 4")


async def test_a_ranking_is_put_in_order_by_keyboard_alone(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="ranking")
    host = await host_on(device, api, event, width=1280)
    phone = await join_on(device, event)
    for label in ("blue", "red", "green"):
        place = phone.get_by_role("button", name=f"{label}: no place")
        await place.focus()
        await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("button", name="green: place 3 of 3")).to_be_focused()
    up = phone.get_by_role("button", name="Move up: green")
    await up.focus()
    await phone.keyboard.press("Enter")
    await expect(up).to_be_focused()
    await expect(phone.locator("#announcer")).to_contain_text("green: place 2 of 3")
    await _send(phone, "Vote", "Your vote is counted")
    ids = {option["label"]: option["id"] for option in poll["options"]}
    points = {tally["option_id"]: tally["points"] for tally in (await api.results(poll))["tallies"]}
    assert [points[ids[label]] for label in ("blue", "green", "red")] == [3, 2, 1]
    shown = ("blue3 points", "green2 points", "red1 point")
    await _shows((phone,), ".below .option", *shown)
    await _shows((host,), ".poll .option", *shown)

    await phone.get_by_role("button", name="Move down: blue").click()
    await _send(phone, "Change my vote", "Your vote is counted")
    await _shows((phone,), ".below .option", "green3 points", "blue2 points", "red1 point")
    await phone.get_by_role("button", name="blue: place 2 of 3").click()
    await expect(phone.get_by_role("button", name="Change my vote")).to_have_attribute(
        "aria-disabled", "true"
    )
    await api.change_poll(poll, status="closed")
    await expect(phone.get_by_text("Your order: green, blue, red")).to_be_visible(
        timeout=PATIENCE_MS
    )


async def test_a_word_cloud_shows_the_words_folded_until_the_host_hides_one(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    host = await host_on(device, api, event, width=1280)
    phone = await join_on(device, event)
    await _make(host, "Word cloud", "How was the year?")
    await host.get_by_label("Words that one person may give").select_option("2")
    await host.get_by_role("button", name="Open now").click()
    await phone.get_by_label("Word 1 of 2").fill("Straße")
    await phone.get_by_label("Word 2 of 2").fill("Busy")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("button", name="Your answer is counted")).to_be_visible()
    await expect(phone.get_by_label("Word 1 of 2")).to_have_value("strasse")
    await _shows((phone, host), ".cloud .word", "busy", "strasse")

    await host.get_by_role("button", name="busy").click()
    await host.get_by_role("button", name="Hide the word").click()
    await _shows((phone, host), ".cloud .word", "strasse")
    await host.get_by_text("Settings", exact=True).click()
    hidden = host.get_by_label("Words that no word cloud shows")
    await expect(hidden).to_have_value("busy")
    await hidden.fill("quiet, dull\nloud")
    await host.get_by_role("button", name="Save the words").click()
    await _shows((phone, host), ".cloud .word", "busy", "strasse")
    await expect(hidden).to_have_value("dull, loud, quiet")

    await phone.get_by_label("Word 2 of 2").fill("")
    await _send(phone, "Change my answer", "Your answer is counted")
    await _shows((phone, host), ".cloud .word", "strasse")
    await phone.get_by_role("button", name="Take it back").click()
    await _shows((phone, host), ".cloud .word")


async def test_open_answers_wait_for_the_moderator_each_anew(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    host = await host_on(device, api, event, width=1280)
    author, reader = await join_on(device, event), await join_on(device, event)
    await host.get_by_text("Settings", exact=True).click()
    moderation = host.get_by_label("Open answers wait for a moderator")
    await moderation.click()
    await expect(moderation).to_be_checked()
    await _make(host, "Open answers", "What can we do better?")
    await host.get_by_role("button", name="Open now").click()
    await expect(author.get_by_text("A moderator reads answers")).to_be_visible()
    await author.get_by_label("Your answer").fill("More cake.")
    await _send(author, "Send", "Your answer is counted")

    await host.get_by_role("button", name="Show", exact=True).click()
    await _shows((author, reader), ".texts li", "More cake.")
    await author.get_by_label("Your answer").fill("Less cake.")
    await _send(author, "Change my answer", "Your answer is counted")
    await _shows((author, reader), ".texts li")
    await expect(host.get_by_text("Less cake.")).to_be_visible(timeout=PATIENCE_MS)
    await host.get_by_role("button", name="Dismiss").click()
    await host.get_by_text("Dismissed (1)").click()
    await _shows((author, reader), ".texts li")
    await host.get_by_role("button", name="Show after all").click()
    await _shows((author, reader), ".texts li", "Less cake.")

    await author.get_by_role("button", name="Take it back").click()
    await _shows((reader, host), ".texts li")


async def test_texts_older_than_the_newest_are_read_and_judged_too(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="open_text")
    for number, person in enumerate(await crowd(event, 60)):
        assert (await api.answer(person, poll, text=f"Answer {number}.")).status_code == 200
    host = await host_on(device, api, event, width=1280)
    await expect(host.get_by_text("Answer 59.")).to_be_visible()
    await expect(host.locator(".texts li")).to_have_count(50)
    await host.get_by_role("button", name="Show older answers").click()
    await expect(host.locator(".texts li")).to_have_count(60)
    await expect(host.get_by_role("button", name="Show older answers")).to_have_count(0)
    oldest = host.locator(".texts li", has_text="Answer 0.")
    await oldest.get_by_role("button", name="Dismiss").click()
    await expect(host.get_by_text("Dismissed (1)")).to_be_visible()
    page = await api.call(
        "GET", f"/v1/polls/{poll['id']}/texts?status=dismissed", api.organizer_key
    )
    assert [each["text"] for each in page.json()["texts"]] == ["Answer 0."]


async def test_a_reload_shows_the_vote_of_every_kind(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    for kind in KINDS:
        await make_poll(api, event, kind)
    phone = await join_on(device, event)
    await phone.get_by_role("radio", name="green").check()
    await phone.get_by_role("checkbox", name="blue").check()
    await phone.get_by_role("radio", name="3", exact=True).check()
    for label in ("green", "blue", "red"):
        await phone.get_by_role("button", name=f"{label}: no place").click()
    await phone.get_by_label("Word 1 of 3").fill("tea")
    await phone.get_by_label("Your answer").fill("More cake.")
    for _ in KINDS:
        ready = phone.locator("button.primary:not([aria-disabled])")
        await ready.first.click()
    await expect(phone.locator("button.is-done")).to_have_count(len(KINDS))
    await phone.reload()
    await expect(phone.locator("button.is-done")).to_have_count(len(KINDS))
    await expect(phone.get_by_role("radio", name="green")).to_be_checked()
    await expect(phone.get_by_role("checkbox", name="blue")).to_be_checked()
    await expect(phone.get_by_role("radio", name="3", exact=True)).to_be_checked()
    await expect(phone.get_by_role("button", name="red: place 3 of 3")).to_be_visible()
    await expect(phone.get_by_label("Word 1 of 3")).to_have_value("tea")
    await expect(phone.get_by_label("Your answer")).to_have_value("More cake.")


async def test_words_and_texts_that_people_write_are_shown_as_text(
    device: OpenDevice, api: Api
) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    event = await api.make_event()
    [person] = await crowd(event, 1)
    cloud = await make_poll(api, event, "word_cloud")
    texts = await make_poll(api, event, "open_text")
    assert (await api.answer(person, cloud, words=[hostile])).status_code == 200
    assert (await api.answer(person, texts, text=hostile)).status_code == 200
    for page in (await join_on(device, event), await host_on(device, api, event)):
        await expect(page.locator("#page").get_by_text(hostile)).to_have_count(2)
        assert await page.locator("img").count() == 0


async def test_a_kind_that_the_page_does_not_know_does_not_break_it(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    await make_poll(api, event, "rating", prompt="Guess a number")
    known = await make_poll(api, event, "single_choice")
    assert (await api.vote((await crowd(event, 1))[0], known, 1)).status_code == 200

    async def from_a_newer_service(route: Route) -> None:
        answer = await route.fetch()
        page: Json = json.loads(await answer.text()) if answer.ok else {}
        for change in page.get("changes", []):
            if (change["data"] or {}).get("kind") == "rating":
                change["data"]["kind"] = "number_guess"
        await (route.fulfill(json=page) if page else route.fulfill(response=answer))

    for page in (
        await join_on(device, event, width=1280),
        await host_on(device, api, event, width=1280),
    ):
        await page.route("**/changes?*", from_a_newer_service)
        await page.reload()
        unknown = page.locator(".poll", has_text="Guess a number")
        await expect(unknown.get_by_text("cannot show this kind of poll yet")).to_be_visible()
        await expect(page.locator(".option", has_text="green")).to_contain_text("100 %")
