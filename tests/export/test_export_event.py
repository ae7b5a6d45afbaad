"""An export is whole, the same in its three forms, of one moment, and tells on nobody."""

import asyncio
import json
from collections import Counter

import pytest
from sqlalchemy import text

from migrations.tables import metadata
from shared.db.engines import write_session
from shared.export import SECTIONS
from shared.polls.kinds import KINDS
from tests.support.api import Api, quiz_question
from tests.support.crowd import crowd
from tests.support.exports import (
    csv_tables,
    export,
    make_full_event,
    sections,
    workbook_tables,
)
from tests.support.problems import check_problem
from tests.support.settings import changed_settings

# Where a section has another name than its table, and tables that hold what others are made of.
SECTION_OF = {"events": "event"}
NOT_EXPORTED = {
    "organizers": "is not of an event",
    "api_keys": "is not of an event",
    "idempotency_keys": "answers, sealed",
    "participants": "named with what they wrote: who only asked anonymously is in no list",
    "bans": "hashes, which name nobody",
    "feed_entries": "made of the others",
    "feed_history": "a file of its own: the history",
    "tally_subjects": "made of the others",
    "tally_counters": "made of the others; as poll_results",
}


def test_every_table_is_a_section_or_says_why_not() -> None:
    expected = {SECTION_OF.get(name, name) for name in metadata.tables if name not in NOT_EXPORTED}
    names = [section.name for section in SECTIONS]
    assert len(set(names)) == len(names)
    # A sheet's name has 31 characters at most, and a second sheet's a number behind it.
    assert all(len(name) <= 28 for name in names)
    assert set(names) == expected | {"poll_results"}
    assert not set(NOT_EXPORTED) - set(metadata.tables)


async def test_json_holds_everything_of_the_event(api: Api) -> None:
    event = await make_full_event(api)
    found = await sections(api, event)
    assert set(found) == {section.name for section in SECTIONS}
    empty = {name for name, things in found.items() if not things}
    assert empty == {"text_reviews"}
    assert found["event"][0]["id"] == event["id"]
    assert Counter(vote["display_name"] for vote in found["votes"]) == dict.fromkeys(
        ("Ada", "Grace", "Hedy"), len(KINDS)
    )
    for poll in found["polls"]:
        results = await api.results(poll)
        exported = next(each for each in found["poll_results"] if each["poll_id"] == poll["id"])
        assert exported["tallies"] == results["tallies"] and exported["voters"] == 3
    question = next(each for each in found["questions"] if each["body"] == "Will it rain?")
    assert (question["upvotes"], question["author_name"]) == (1, "Ada")
    assert [reply["body"] for reply in found["replies"]] == ["No."]
    assert [upvote["display_name"] for upvote in found["upvotes"]] == ["Hedy"]
    assert [(each["display_name"], each["heart"]) for each in found["reactions"]] == [("Hedy", 3)]


async def test_an_export_holds_nothing_of_another_event(api: Api) -> None:
    other = await make_full_event(api)
    event = await api.make_event()
    found = await sections(api, event)
    assert {name: len(things) for name, things in found.items() if things} == {"event": 1}
    assert other["id"] not in json.dumps(found)


async def test_no_export_tells_who_asked_anonymously_or_lets_anyone_in(api: Api) -> None:
    event = await api.make_event()
    token = await api.add_member(event, "host")
    [shy, loud] = [await api.join(event, name) for name in ("Shy", "Loud")]
    await api.ask(shy, event, "Who may know?", anonymous=True)
    await api.ask(loud, event, "Shall I speak up?")
    exported = (await export(api, event)).text
    assert "Who may know?" in exported and "Loud" in exported
    for hidden in ("Shy", shy.id, token, token.removeprefix("ovm_"), "token_hash"):
        assert hidden not in exported


async def test_csv_and_xlsx_hold_what_json_holds(api: Api) -> None:
    event = await make_full_event(api)
    found = await sections(api, event)
    tables = csv_tables((await export(api, event, "csv")).content)
    sheets = workbook_tables((await export(api, event, "xlsx")).content)
    assert list(tables) == list(sheets) == list(found)
    for section in SECTIONS:
        assert sheets[section.name][0] == list(section.columns)
        assert len(sheets[section.name]) - 1 == len(tables[section.name])
    for name in ("members", "poll_options", "questions", "replies", "upvotes", "polls"):
        assert [row.get("id") for row in tables[name]] == [each.get("id") for each in found[name]]
    cast = Counter((vote["poll_id"], vote["participant_id"]) for vote in found["votes"])
    rows = Counter((row["poll_id"], row["participant_id"]) for row in tables["votes"])
    assert set(rows) == set(cast)


async def test_a_vote_is_a_row_for_each_of_its_answers(api: Api) -> None:
    event = await api.make_event()
    voter = await api.join(event, "Ada")
    ranking = await api.make_poll(event, "tea", "coffee", "water", kind="ranking")
    order = [ranking["options"][n]["id"] for n in (2, 0, 1)]
    await api.answer(voter, ranking, ranking=order)
    rating = await api.make_poll(event, kind="rating")
    await api.answer(voter, rating, rating=4)
    tables = csv_tables((await export(api, event, "csv")).content)
    answers = [(row["poll_id"], row["position"], row["answer"]) for row in tables["votes"]]
    assert answers == [
        (ranking["id"], "1", "water"),
        (ranking["id"], "2", "tea"),
        (ranking["id"], "3", "coffee"),
        (rating["id"], "1", "4"),
    ]
    sheet = workbook_tables((await export(api, event, "xlsx")).content)["votes"]
    assert sheet[-1][5] == 4.0


async def test_a_quizs_answer_is_a_row_for_each_of_its_options(api: Api) -> None:
    event = await api.make_event()
    player = await api.join(event, "Ada")
    quiz = await api.make_quiz(event, quiz_question(right=(0, 2)))
    question = quiz["questions"][0]
    await api.choose(player, question, 2, 0)
    await api.run_quiz(quiz, "reveal")
    right = sorted(question["options"][n]["id"] for n in (0, 2))
    found = await sections(api, event)
    assert [answer["option_ids"] for answer in found["quiz_answers"]] == [right]
    tables = csv_tables((await export(api, event, "csv")).content)
    assert [row["option_id"] for row in tables["quiz_answers"]] == right
    [score] = found["quiz_scores"]
    assert (score["display_name"], score["rank"], score["score"]) == ("Ada", 1, 1000)


async def test_formulas_are_text_in_tables_and_untouched_in_json(api: Api) -> None:
    event = await api.make_event()
    evil = '=HYPERLINK("http://x.test","a");=1'
    voter = await api.join(event, evil)
    await api.ask(voter, event, evil)
    poll = await api.make_poll(event, kind="open_text")
    await api.answer(voter, poll, text=evil)
    found = await sections(api, event)
    assert found["votes"][0]["vote"]["text"] == found["questions"][0]["body"] == evil
    written = '\'=HYPERLINK("http://x.test","a");\'=1'
    tables = csv_tables((await export(api, event, "csv")).content)
    sheets = workbook_tables((await export(api, event, "xlsx")).content)
    for rows in ([[*row.values()] for row in tables["votes"]], sheets["votes"][1:]):
        assert (rows[0][3], rows[0][5]) == (written, written)
    assert tables["questions"][0]["body"] == tables["questions"][0]["author_name"] == written


@pytest.mark.parametrize(
    ("format", "media_type", "suffix"),
    [
        (None, "application/json", "json"),
        ("csv", "application/zip", "csv.zip"),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
    ],
)
async def test_an_export_is_a_file_that_nobody_keeps(
    api: Api, format: str | None, media_type: str, suffix: str
) -> None:
    event = await api.make_event()
    headers = (await export(api, event, format)).headers
    assert headers["content-type"] == media_type
    assert headers["cache-control"] == "private, no-store"
    name = f"ovation-{event['id']}.{suffix}"
    assert headers["content-disposition"] == f'attachment; filename="{name}"'


async def test_another_format_is_refused(api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/export"
    refused = await api.call("GET", path, api.organizer_key, params={"format": "pdf"})
    check_problem(refused, 422, "invalid_request")


async def test_exports_amid_votes_are_of_one_moment(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    ended = asyncio.Event()

    async def vote_on() -> None:
        n = 0
        while not ended.is_set():
            [voter] = await crowd(event, 1)
            assert (await api.vote(voter, poll, n % 3)).status_code == 200
            n += 1

    voting = [asyncio.create_task(vote_on()) for _ in range(4)]
    try:
        for _ in range(10):
            found = await sections(api, event)
            [results] = found["poll_results"]
            counted = {each["option_id"]: each["votes"] for each in results["tallies"]}
            cast = Counter(vote["vote"]["option_ids"][0] for vote in found["votes"])
            assert results["voters"] == len(found["votes"])
            assert {option: count for option, count in counted.items() if count} == dict(cast)
    finally:
        ended.set()
        await asyncio.gather(*voting)


async def test_more_exports_at_once_than_there_are_places_are_refused_until_one_is_done(
    api: Api,
) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/export"
    with changed_settings(exports_at_once=1):
        async with write_session() as session:
            # Whoever exports waits here.
            await session.execute(text("LOCK TABLE members IN ACCESS EXCLUSIVE MODE"))
            first = asyncio.create_task(api.call("GET", path, api.organizer_key))
            await asyncio.sleep(0.2)
            refused = await api.call("GET", path, api.organizer_key)
            check_problem(refused, 503, "unavailable")
            assert refused.headers["Retry-After"] == "10"
        assert (await first).json()["complete"] is True
        assert (await export(api, event)).json()["complete"] is True
