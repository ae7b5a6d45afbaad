"""Merging duplicates: whoever supported either is counted once, and undoing it restores what was."""

import asyncio
from itertools import product
from random import Random
from typing import Any

import httpx
import pytest

from shared.errors import InvalidTransition, QuestionMerged
from shared.identifiers import new_id
from shared.questions import rules
from tests.support.api import Api, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.held import held_newcomer
from tests.support.problems import check_problem
from tests.support.recount import check_exact
from tests.support.tables import fingerprint, query
from tests.support.waiting import until_waiting


async def merge(api: Api, question: Json, into: Json | None) -> httpx.Response:
    path = f"/v1/questions/{question['id']}/merge"
    if into is None:
        return await api.call("DELETE", path, api.organizer_key)
    return await api.call("POST", path, api.organizer_key, {"into": into["id"]})


async def merged(api: Api, question: Json, into: Json | None) -> Json:
    answer = await merge(api, question, into)
    assert answer.status_code == 200, answer.text
    shown: Json = answer.json()
    assert (shown["id"], shown["merged_into"]) == (question["id"], into["id"] if into else None)
    return shown


async def upvote(
    api: Api, voter: Participant, question: Json, method: str = "PUT"
) -> httpx.Response:
    return await api.call(method, f"/v1/questions/{question['id']}/upvote", voter.token)


async def make(api: Api, *bodies: str) -> tuple[Json, list[Json]]:
    event = await api.make_event()
    asker = await api.join(event)
    return event, [await api.ask(asker, event, body) for body in bodies]


async def counted(api: Api, event: Json) -> dict[str, int]:
    """Return the upvotes of the questions that the public sees, all counts checked against the rows."""
    await publish_now(event)
    await check_exact(api, event)
    state = (await snapshot(api, event)).state
    return {
        entry["body"]: entry["upvotes"] for (kind, _), entry in state.items() if kind == "question"
    }


async def supporters(question: Json) -> set[str]:
    sql = "SELECT participant_id FROM upvotes WHERE question_id = :id"
    return {str(each) for (each,) in await query(sql, id=question["id"])}


async def test_each_voter_is_counted_once_and_undoing_it_restores_what_was(api: Api) -> None:
    event, [one, other] = await make(api, "Rain?", "Will it rain?")
    both, only_one, only_other = await crowd(event, 3)
    for voter, question in ((both, one), (both, other), (only_one, one), (only_other, other)):
        assert (await upvote(api, voter, question)).status_code == 200
    before = await counted(api, event)
    rows = [await supporters(each) for each in (one, other)]

    for _ in range(2):
        await merged(api, other, one)
        assert await counted(api, event) == {"Rain?": 3}

    staff = (await snapshot(api, event, "staff")).state["question", other["id"]]
    assert (staff["merged_into"], staff["upvotes"]) == (one["id"], 2)
    for _ in range(2):
        await merged(api, other, None)
        assert await counted(api, event) == before == {"Rain?": 2, "Will it rain?": 2}
    assert [await supporters(each) for each in (one, other)] == rows


async def test_who_still_counts_for_another_duplicate_stays_counted(api: Api) -> None:
    event, [target, first, second] = await make(api, "Rain?", "Will it rain?", "Is it raining?")
    in_both, in_first = await crowd(event, 2)
    for voter, question in ((in_both, first), (in_both, second), (in_first, first)):
        await upvote(api, voter, question)
    await merged(api, first, target)
    await merged(api, second, target)
    assert await counted(api, event) == {"Rain?": 2}

    await merged(api, first, None)
    assert await counted(api, event) == {"Rain?": 1, "Will it rain?": 2}
    await merged(api, second, None)
    assert await counted(api, event) == {"Rain?": 0, "Will it rain?": 2, "Is it raining?": 1}


async def test_what_is_upvoted_and_taken_back_meanwhile_stays_so(api: Api) -> None:
    event, [target, duplicate] = await make(api, "Rain?", "Will it rain?")
    leaving, staying, coming = await crowd(event, 3)
    for voter in (leaving, staying):
        await upvote(api, voter, duplicate)
    await merged(api, duplicate, target)

    await upvote(api, leaving, target, "DELETE")
    await upvote(api, staying, target)
    await upvote(api, coming, target)

    assert await counted(api, event) == {"Rain?": 2}
    await merged(api, duplicate, None)
    assert await supporters(target) == {staying.id, coming.id}
    assert await counted(api, event) == {"Rain?": 2, "Will it rain?": 2}


async def test_a_merged_question_takes_nothing_and_loses_nothing(api: Api) -> None:
    event, [target, duplicate] = await make(api, "Rain?", "Will it rain?")
    voter, other = await crowd(event, 2)
    await upvote(api, voter, duplicate)
    await merged(api, duplicate, target)
    path = f"/v1/questions/{duplicate['id']}"
    before = await fingerprint()

    refusals = [
        await upvote(api, other, duplicate),
        await upvote(api, voter, duplicate, "DELETE"),
        await api.call("PATCH", path, api.organizer_key, {"status": "answered"}),
        await api.call("POST", f"{path}/replies", api.organizer_key, {"body": "Yes."}),
    ]

    for refused in refusals:
        check_problem(refused, 409, "question_merged")
    assert await fingerprint() == before


async def test_what_is_merged_is_merged_nowhere_else_and_the_last_merge_is_undone_first(
    api: Api,
) -> None:
    event, [one, two, three] = await make(api, "One?", "Two?", "Three?")
    for voter, question in zip(await crowd(event, 3), (one, two, three), strict=True):
        await upvote(api, voter, question)
    await merged(api, one, two)
    check_problem(await merge(api, one, three), 409, "invalid_transition")
    check_problem(await merge(api, three, one), 409, "invalid_transition")
    await merged(api, two, three)
    assert await counted(api, event) == {"Three?": 3}
    check_problem(await merge(api, one, None), 409, "invalid_transition")
    await merged(api, two, None)
    await merged(api, one, None)
    assert await counted(api, event) == {"One?": 1, "Two?": 1, "Three?": 1}


async def test_only_another_question_of_the_event_is_merged_into(api: Api) -> None:
    event, [question] = await make(api, "Rain?")
    _, [elsewhere] = await make(api, "Rain?")
    before = await fingerprint()
    for into in (question, elsewhere, {"id": str(new_id())}):
        check_problem(await merge(api, question, into), 422, "invalid_request")
    assert await fingerprint() == before


@pytest.mark.parametrize("erased", [0, 1])
async def test_of_a_merge_either_question_can_be_erased(api: Api, erased: int) -> None:
    event, questions = await make(api, "Rain?", "Will it rain?")
    target, duplicate = questions
    voters = await crowd(event, 2)
    for voter, question in zip(voters, questions, strict=True):
        await upvote(api, voter, question)
    await merged(api, duplicate, target)

    path = f"/v1/questions/{questions[erased]['id']}"
    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204

    # A target's duplicates come back; what a duplicate brought stays.
    left = {"Will it rain?": 1} if erased == 0 else {"Rain?": 2}
    assert await counted(api, event) == left
    staff = (await snapshot(api, event, "staff")).state
    assert ("question", questions[erased]["id"]) not in staff


async def test_an_erased_participant_is_counted_in_no_merge(api: Api) -> None:
    event, [target, duplicate] = await make(api, "Rain?", "Will it rain?")
    gone, staying = await crowd(event, 2)
    for voter in (gone, staying):
        await upvote(api, voter, duplicate)
    await merged(api, duplicate, target)

    path = f"/v1/participants/{gone.id}"
    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204

    assert await counted(api, event) == {"Rain?": 1}
    await merged(api, duplicate, None)
    assert await counted(api, event) == {"Rain?": 0, "Will it rain?": 1}


async def test_an_upvote_that_meets_the_merge_is_in_it_or_refused(api: Api) -> None:
    event, [target, duplicate] = await make(api, "Rain?", "Will it rain?")
    early, late = await crowd(event, 2)
    async with held_newcomer(early, event["id"]):
        first = asyncio.create_task(upvote(api, early, duplicate))
        await until_waiting("transactionid")
        merging = asyncio.create_task(merged(api, duplicate, target))
        await until_waiting("advisory")
        second = asyncio.create_task(upvote(api, late, duplicate))
        await until_waiting("advisory", count=2)
    assert (await first).status_code == 200
    await merging
    check_problem(await second, 409, "question_merged")
    assert await counted(api, event) == {"Rain?": 1}


async def test_merging_amid_upvotes_counts_every_supporter_once(api: Api) -> None:
    event, questions = await make(api, *(f"Question {n}?" for n in range(5)))
    people = await crowd(event, 12)

    async def support(person: Participant, seed: int) -> None:
        chance = Random(seed)
        for _ in range(10):
            method = chance.choice(["PUT", "PUT", "DELETE"])
            answer = await upvote(api, person, chance.choice(questions), method)
            assert answer.status_code in (200, 409, 429), answer.text

    async def moderate() -> None:
        chance = Random(7)
        for _ in range(25):
            question, into = chance.sample(questions, 2)
            answer = await merge(api, question, chance.choice([into, None]))
            assert answer.status_code in (200, 409), answer.text

    await asyncio.gather(moderate(), *(support(each, n) for n, each in enumerate(people)))
    await counted(api, event)
    # Undone, nothing that a merge brought is left.
    for _ in questions:
        for question in questions:
            await merge(api, question, None)
    await counted(api, event)
    brought = """
        SELECT 1 FROM upvotes JOIN questions AS question ON question.id = upvotes.question_id
        WHERE question.event_id = :id AND merged_from IS NOT NULL
    """
    assert await query(brought, id=event["id"]) == []


def test_only_what_stands_for_itself_is_merged_or_changed() -> None:
    ids: list[Any] = [None, new_id()]
    for question, into in product(ids, ids):
        if question is None and into is None:
            rules.check_merge(question, into)
        else:
            with pytest.raises(InvalidTransition):
                rules.check_merge(question, into)
    rules.check_not_merged(None)
    rules.check_unmerge(None)
    with pytest.raises(QuestionMerged):
        rules.check_not_merged(new_id())
    with pytest.raises(InvalidTransition):
        rules.check_unmerge(new_id())
