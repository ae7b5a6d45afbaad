"""Word cloud: folded words, the most frequent of them, and those that are not shown."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.errors import InvalidRequest
from shared.polls.kinds import count_vote
from shared.polls.kinds.base import VOTERS, Counted, CountedBallot, PollDefinition
from shared.polls.kinds.word_cloud import WordCloud
from shared.polls.vote_schemas import CastVote
from shared.text import Word
from tests.support.api import Api, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.problems import check_problem

WORD: TypeAdapter[str] = TypeAdapter(Word)


def _count(*words: str, most: int = 3) -> CountedBallot:
    poll = PollDefinition(UUID(int=9), UUID(int=8), "word_cloud", (), most)
    return count_vote(poll, CastVote.model_validate({"words": words}))


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  Tea ", "tea"),
        ("STRASSE", "strasse"),
        ("Stra\u00dfe", "strasse"),
        ("\uff34\uff45\uff41", "tea"),
        ("Cafe\u0301", "caf\u00e9"),
        ("\u0130stanbul", "i\u0307stanbul"),
        ("New\t York", "new york"),
        ("\ufb01ne", "fine"),
        ("\u03a3\u03c2", "\u03c3\u03c3"),
    ],
)
def test_a_word_is_folded(typed: str, folded: str) -> None:
    assert WORD.validate_python(typed) == folded


@given(st.text(min_size=1, max_size=30))
def test_a_folded_word_is_its_own_folding(typed: str) -> None:
    try:
        folded = WORD.validate_python(typed)
    except ValidationError:
        return
    assert WORD.validate_python(folded) == folded
    assert 1 <= len(folded) <= 30


@pytest.mark.parametrize(
    "word", ["", " ", "\u200b", "\u00b4", "a\x00", "\ud800", "x" * 31, "\ufdfa" * 2]
)
def test_a_word_that_is_empty_too_long_or_no_text_is_refused(word: str) -> None:
    with pytest.raises(ValidationError):
        WORD.validate_python(word)


def _words_in(counted: CountedBallot) -> dict[str, int]:
    return {key: amount for key, amount in counted.counts.items() if key.startswith("word:")}


def test_the_same_word_twice_in_a_vote_counts_once() -> None:
    counted = _count("Tea", "TEA", "coffee")
    assert _words_in(counted) == {"word:tea": 1, "word:coffee": 1}
    assert counted.counts[VOTERS] == 1
    assert counted.ballot_json == '{"words":["tea","coffee"]}'


def test_more_different_words_than_the_poll_takes_are_refused() -> None:
    assert _words_in(_count("a", "A", most=1)) == {"word:a": 1}
    with pytest.raises(InvalidRequest) as refused:
        _count("a", "b", most=1)
    assert [error.location for error in refused.value.errors] == [("body", "words")]


def test_words_are_shown_in_the_order_in_which_they_were_ranked() -> None:
    counts = {VOTERS: 3, "word:b": 2, "word:word:": 1}
    results = WordCloud().publish(Counted(UUID(int=9), False, (), 0, counts))
    assert [(tally.word, tally.count) for tally in results.tallies] == [("b", 2), ("word:", 1)]


def test_an_export_holds_the_words() -> None:
    assert WordCloud().export_row({}, {"words": ["a", "b"]}) == ["a", "b"]


async def _say(api: Api, poll: Json, person: Participant, *words: str) -> Json:
    cast = await api.answer(person, poll, words=list(words))
    assert cast.status_code == 200, cast.text
    vote: Json = cast.json()["vote"]
    return vote


def _words(results: Json) -> list[tuple[str, int]]:
    return [(tally["word"], tally["count"]) for tally in results["tallies"]]


async def test_words_are_counted_over_changes_and_retractions_equal_ones_by_code_point(
    api: Api,
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="word_cloud")
    first, second, third = await crowd(event, 3)
    assert await _say(api, poll, first, "Tea", "zebra", "\u00e9t\u00e9") == {
        "words": ["tea", "zebra", "\u00e9t\u00e9"]
    }
    await _say(api, poll, second, "TEA", "milk")
    await _say(api, poll, third, "rum")
    await _say(api, poll, second, "tea", "Zz")
    await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", third.token)
    results = await api.results(poll)
    assert results["voters"] == 2
    assert _words(results) == [("tea", 2), ("zebra", 1), ("zz", 1), ("\u00e9t\u00e9", 1)]


async def test_only_the_hundred_most_frequent_words_are_shown(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="word_cloud")
    for number, person in enumerate(await crowd(event, 51)):
        await _say(api, poll, person, f"a{number:02}", f"b{number:02}", "all")
    shown = _words(await api.results(poll))
    assert len(shown) == 100
    expected = sorted([f"a{n:02}" for n in range(51)] + [f"b{n:02}" for n in range(51)])[:99]
    assert shown == [("all", 51), *((word, 1) for word in expected)]


async def test_a_stopped_word_is_accepted_and_shown_to_nobody_until_it_is_let_through(
    api: Api,
) -> None:
    event = await api.make_event(word_cloud_stop_list=["RUM", "rum", "gin"])
    poll = await api.make_poll(event, kind="word_cloud")
    path = f"/v1/events/{event['id']}"
    assert event["settings"]["word_cloud_stop_list"] == ["gin", "rum"]
    assert await _say(api, poll, (await crowd(event, 1))[0], "Rum", "tea") == {
        "words": ["rum", "tea"]
    }
    for stopped, shown in ((["Tea"], "rum"), (["rum"], "tea"), ([], "rum tea")):
        settings = {"settings": {"word_cloud_stop_list": stopped}}
        changed = await api.call("PATCH", path, api.organizer_key, settings)
        assert changed.status_code == 200
        await publish_now(event)
        expected = [(word, 1) for word in shown.split()]
        assert _words(await api.results(poll)) == expected
        for audience in ("public", "staff"):
            state = (await snapshot(api, event, audience)).state
            assert _words(state["poll_results", poll["id"]]) == expected
            assert state["poll_results", poll["id"]]["voters"] == 1


async def test_the_stop_list_is_the_staffs_only(api: Api) -> None:
    event = await api.make_event(word_cloud_stop_list=["zwetschge"])
    joined = await api.call("POST", "/v1/join", None, {"join_code": event["join_code"]})
    assert "zwetschge" not in joined.text
    assert "word_cloud_stop_list" not in joined.json()["event"]["settings"]
    public = (await snapshot(api, event)).state["event", event["id"]]
    assert "word_cloud_stop_list" in set(event["settings"]) - set(public["settings"])
    staff = (await snapshot(api, event, "staff")).state["event", event["id"]]
    assert staff["settings"] == event["settings"]


@pytest.mark.parametrize(
    "words", [[], ["a", "b", "c", "d"], [""], ["x" * 31], "tea", [None], [1], None]
)
async def test_words_that_do_not_fit_are_422_and_change_nothing(api: Api, words: Any) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="word_cloud")
    refused = await api.answer((await crowd(event, 1))[0], poll, words=words)
    check_problem(refused, 422, "invalid_request")
    assert (await api.results(poll))["voters"] == 0


@pytest.mark.parametrize(
    "fields",
    [{"max_choices": 4}, {"scale": {"steps": 5}}, {"options": [{"label": "a"}, {"label": "b"}]}],
)
async def test_a_word_cloud_that_cannot_be_asked_is_422(api: Api, fields: Json) -> None:
    event = await api.make_event()
    body = {"kind": "word_cloud", "prompt": "?", **fields}
    refused = await api.call("POST", f"/v1/events/{event['id']}/polls", api.organizer_key, body)
    check_problem(refused, 422, "invalid_request")
    (error,) = refused.json()["errors"]
    assert error["location"] == ["body", next(iter(fields))]
