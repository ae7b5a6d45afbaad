"""A whole quiz in a real browser: written, led, answered on phones, revealed and ranked."""

import json

from playwright.async_api import Page, Request, expect

import pytest

from tests.support.api import Api, quiz_question
from tests.support.tables import query
from tests.support.waiting import until
from tests.web.conftest import PATIENCE_MS, OpenDevice
from tests.web.people import host_on, join_on

pytestmark = pytest.mark.browser


async def _click(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def _answer(phone: Page, label: str) -> None:
    box = phone.get_by_role("checkbox", name=label, exact=True)
    await expect(box).to_be_enabled(timeout=2 * PATIENCE_MS)
    await box.check()
    await _click(phone, "Answer")
    await expect(phone.get_by_text("Your answer is in.", exact=False).first).to_be_visible()


async def test_a_quiz_is_written_led_answered_and_ranked(device: OpenDevice, api: Api) -> None:
    event = await api.make_event()
    host = await host_on(device, api, event, width=1280)
    ada, bob = await join_on(device, event, "Ada"), await join_on(device, event, "Bob")
    await _click(host, "New quiz")
    await host.get_by_label("Title").fill("Geography")
    await host.get_by_label("Prompt of question 1").fill("What is the capital of France?")
    for place, label in enumerate(("Lyon", "Paris"), start=1):
        await host.get_by_label(f"Answer {place} of question 1", exact=True).fill(label)
    await host.get_by_label("Answer 1 of question 1 is right").uncheck()
    await host.get_by_label("Answer 2 of question 1 is right").check()
    await _click(host, "Save the quiz")
    await _click(host, "Start the quiz")
    await expect(ada.get_by_text("Get ready")).to_be_visible()

    await _click(host, "First question")
    await expect(ada.get_by_text("What is the capital of France?").first).to_be_visible()
    await _answer(ada, "Paris")
    await _answer(bob, "Lyon")
    await expect(host.get_by_text("2 answers", exact=True)).to_be_visible()
    for page in (host, ada):
        # The host's page may be on the screen of the hall.
        assert await page.locator(".quiz").get_by_text("right", exact=False).count() == 0

    await _click(host, "Reveal")
    await expect(ada.get_by_text("right, your answer")).to_be_visible(timeout=PATIENCE_MS)
    await expect(ada.get_by_text("Place 1 of 2", exact=False)).to_be_visible(timeout=PATIENCE_MS)
    await expect(bob.get_by_text("Place 2 of 2", exact=False)).to_be_visible(timeout=PATIENCE_MS)
    for page in (host, ada, bob):
        board = page.get_by_role("list", name="Leaderboard").get_by_role("listitem")
        await expect(board.first).to_contain_text("Ada")
        await expect(board).to_have_count(2)
    await _click(host, "Finish the quiz")
    await expect(bob.get_by_text("The result", exact=False)).to_be_visible(timeout=PATIENCE_MS)


async def test_a_phone_measures_its_round_trip_and_sends_the_stamp(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    phone = await join_on(device, event, "Ada")
    readings: list[str] = []
    stamps: list[str] = []

    def note_request(request: Request) -> None:
        if request.url.endswith("/clock"):
            readings.append(request.url)
        if request.url.endswith("/answer"):
            stamps.append(json.loads(request.post_data or "{}")["stamp"])

    phone.on("request", note_request)
    quiz = await api.make_quiz(event, run=("start",))
    await expect(phone.get_by_text("Get ready")).to_be_visible(timeout=PATIENCE_MS)

    async def has_read() -> bool:
        return len(readings) == 4

    await until(has_read)
    await api.run_quiz(quiz, "next")
    await _answer(phone, "Paris")
    assert len(readings) == 4
    [stamp] = stamps
    assert stamp.count(".") >= 3
    [(response_ms,)] = await query(
        "SELECT response_ms FROM quiz_answers WHERE question_id = :id",
        id=quiz["questions"][0]["id"],
    )
    assert response_ms > 0


async def test_a_reloaded_phone_knows_its_answer_and_a_late_one_is_told(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    phone, late = await join_on(device, event, "Ada"), await join_on(device, event, "Bob")
    await api.make_quiz(event, quiz_question(time_limit_s=8))
    await _answer(phone, "Lyon")
    await phone.reload()
    await expect(phone.get_by_text("Your answer is in.", exact=False).first).to_be_visible()
    await expect(phone.get_by_role("checkbox", name="Lyon", exact=True)).to_be_checked()
    await expect(late.get_by_text("The time is over.", exact=False)).to_be_visible(timeout=15_000)
    await expect(late.get_by_role("checkbox", name="Lyon", exact=True)).to_be_disabled()


async def test_a_host_gives_more_time_to_the_number_that_a_phone_shows(
    device: OpenDevice, api: Api
) -> None:
    event = await api.make_event()
    host = await host_on(device, api, event, width=1280)
    phone = await join_on(device, event, "Ada")
    await api.make_quiz(event, run=("start",))
    await phone.get_by_text("I need more time to answer").click(timeout=PATIENCE_MS)
    number = await phone.locator(".own-number").inner_text()
    await host.get_by_text("Give somebody more time").click(timeout=PATIENCE_MS)
    await host.get_by_label("Their number").fill("nobody")
    await _click(host, "Give it")
    await expect(host.get_by_role("alert")).to_be_visible()
    await host.get_by_label("Their number").fill(number)
    await host.get_by_label("Times the time of others").select_option("2")
    await _click(host, "Give it")
    await expect(host.get_by_text("They have 2 times the time.")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_text("You have 2 times the time of others.")).to_be_visible()
