"""The word filter: flags for the staff, in many languages and with words of one's own; nothing is dropped."""

import time
from typing import get_args

import pytest

from shared.events.schemas import Language
from shared.questions.word_filter import LANGUAGES, find_flags
from tests.support.api import Api, FeedReader
from tests.support.feed import snapshot
from tests.support.public_bytes import public_bytes


async def test_a_flagged_question_is_published_and_only_the_staff_sees_the_flag(api: Api) -> None:
    event = await api.make_event(word_filter_languages=["en"], word_filter_words=["Zwetschge"])
    presenter = await api.add_member(event, "presenter")
    author = await api.join(event, "Shithead")
    body = "Why the FUCK is there no ZWETSCHGE?"

    question = await api.ask(author, event, body)

    assert (question["body"], question["status"]) == (body, "published")
    staff = FeedReader(api, event, presenter)
    await staff.poll()
    assert staff.state["question", question["id"]]["flags"] == ["fuck", "shithead", "zwetschge"]
    public = (await snapshot(api, event)).state["question", question["id"]]
    assert public == question
    me = await api.call("GET", f"/v1/events/{event['id']}/me", author.token)
    shown = await public_bytes(api, event, cursors=[None], ids=[question["id"]])
    for content in (shown, me.content):
        # As they were written they are public, as the filter has them they are not.
        for word in (b"fuck", b"shithead", b"zwetschge", b"Zwetschge"):
            assert word not in content


async def test_the_name_of_an_anonymous_author_flags_nothing(api: Api) -> None:
    event = await api.make_event(word_filter_languages=["en"])
    question = await api.ask(await api.join(event, "Shithead"), event, "Why?", anonymous=True)
    staff = (await snapshot(api, event, "staff")).state["question", question["id"]]
    assert staff["flags"] == []


async def test_an_event_without_a_filter_flags_nothing(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Why the fuck?")
    staff = (await snapshot(api, event, "staff")).state["question", question["id"]]
    assert staff["flags"] == []


@pytest.mark.parametrize(
    ("text", "languages", "found"),
    [
        ("Du bist ein Arschloch.", ["de"], ["arschloch"]),
        ("C'est de la merde", ["fr"], ["merde"]),
        ("puta madre", ["es"], ["puta"]),
        ("f.u.c.k this sh1t", ["en"], ["fuck", "sh1t"]),
        ("What a day in Scunthorpe, said the assassin.", ["en"], []),
        ("Arschloch", ["en"], []),
        ("Bitte, wann ist Pause?", ["de"], []),
    ],
)
def test_bad_words_of_the_chosen_languages_are_found(
    text: str, languages: list[str], found: list[str]
) -> None:
    assert find_flags([text], languages=languages, words=[]) == found


def test_the_events_own_words_are_found_however_they_are_written() -> None:
    own = ["strasse", "lunch break"]
    assert find_flags(["Auf der STRASSE"], languages=[], words=own) == ["strasse"]
    assert find_flags(["Auf der Straße"], languages=["de"], words=own) == ["strasse"]
    assert find_flags(["No Lunch Break"], languages=[], words=own) == ["lunch break"]
    # Without a language, no language's words.
    assert find_flags(["fuck the strassen"], languages=[], words=own) == []


def test_every_language_of_the_settings_has_a_list_of_the_library() -> None:
    assert set(get_args(Language)) == set(LANGUAGES)
    for code in LANGUAGES:
        assert find_flags(["fine"], languages=[code], words=["fine"]) == ["fine"]


@pytest.mark.parametrize(
    "text", ["f" * 1000, "f u c " * 166, "*" * 1000, "a" + "\u0301" * 999, "((@$" * 250]
)
def test_no_text_takes_long(text: str) -> None:
    find_flags(["warm"], languages=["en", "de", "fr"], words=["own"])
    started = time.process_time()
    find_flags([text], languages=["en", "de", "fr"], words=["own"])
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("languages", [["xx"], "en", ["EN"], [None], ["en"] * 25])
async def test_languages_that_do_not_fit_are_422(api: Api, languages: object) -> None:
    body = {"title": "Keynote", "settings": {"word_filter_languages": languages}}
    refused = await api.call("POST", "/v1/events", api.organizer_key, body)
    assert refused.status_code == 422
