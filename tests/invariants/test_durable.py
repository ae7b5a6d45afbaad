"""I1: a 2xx means that it is committed. So nothing whose commit fails is answered with one."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from shared.db.group_commit import GroupCommit
from shared.errors import OvationError
from shared.polls.votes import VoteWrite, write_votes
from tests.support.api import Api
from tests.support.ballots import ballot, participant
from tests.support.commits import ended_commits, refused_commits
from tests.support.database_errors import lost_connection
from tests.support.feed import publish_now
from tests.support.recount import check_exact
from tests.support.stage import set_stage
from tests.support.tables import fingerprint, query

# Every operation that writes, who calls it, and the table that it cannot do without.
_WRITES = {
    "cast_vote": ("participant", "votes"),
    "upvote_question": ("participant", "upvotes"),
    "ask_question": ("participant", "questions"),
    "send_reaction": ("participant", "reactions"),
    "ban_participant": ("moderator", "bans"),
    "ban_author": ("moderator", "bans"),
    "create_announcement": ("moderator", "announcements"),
    "delete_announcement": ("moderator", "announcements"),
    "merge_question": ("moderator", "questions"),
    "erase_participant": ("moderator", "participants"),
    "create_event": ("organizer", "events"),
    "update_event": ("host", "events"),
    "delete_event": ("host", "events"),
    "add_member": ("host", "members"),
    "revoke_member": ("host", "members"),
    "create_poll": ("moderator", "polls"),
    "update_poll": ("moderator", "polls"),
    "delete_poll": ("moderator", "polls"),
    "update_question": ("moderator", "questions"),
    "reply_to_question": ("moderator", "replies"),
    "delete_question": ("moderator", "questions"),
    "create_api_key": ("organizer", "api_keys"),
    "revoke_api_key": ("organizer", "api_keys"),
}


@pytest.mark.parametrize("operation", _WRITES)
async def test_what_could_not_be_committed_is_not_answered_with_a_2xx(
    api: Api, operation: str
) -> None:
    stage = await set_stage(api)
    role, table = _WRITES[operation]
    before = await fingerprint()
    async with refused_commits(table):
        refused = await stage.call(operation, stage.tokens[role])
        assert refused.status_code >= 500, refused.text
        assert await fingerprint() == before
    accepted = await stage.call(operation, stage.tokens[role])
    assert accepted.is_success, accepted.text
    assert await fingerprint() != before


@pytest.mark.parametrize("operation", ["retract_vote", "retract_upvote"])
async def test_what_could_not_be_taken_back_is_not_said_to_be(api: Api, operation: str) -> None:
    stage = await set_stage(api)
    token = stage.tokens["participant"]
    for given in ("cast_vote", "upvote_question"):
        assert (await stage.call(given, token)).status_code == 200
    async with refused_commits({"retract_vote": "votes"}.get(operation, "upvotes")):
        assert (await stage.call(operation, token)).status_code >= 500
    await publish_now(stage.event)
    await check_exact(api, stage.event)
    assert (await api.results({"id": stage.ids["poll_id"]}))["voters"] == 1


@pytest.mark.parametrize(
    "operation", ["cast_vote", "upvote_question", "ask_question", "send_reaction"]
)
async def test_a_connection_that_ends_at_the_commit_is_a_503_and_leaves_nothing(
    api: Api, operation: str
) -> None:
    stage = await set_stage(api)
    table = _WRITES[operation][1]
    before = await query(f"SELECT count(*) FROM {table}")
    async with ended_commits(table):
        refused = await stage.call(operation, stage.tokens["participant"])
    assert refused.status_code == 503
    assert await query(f"SELECT count(*) FROM {table}") == before


@pytest.mark.parametrize("operation", ["cast_vote", "upvote_question", "send_reaction"])
async def test_a_hot_write_whose_connection_ended_once_is_committed_all_the_same(
    api: Api, operation: str
) -> None:
    stage = await set_stage(api)
    async with ended_commits(_WRITES[operation][1], once=True):
        accepted = await stage.call(operation, stage.tokens["participant"])
    assert accepted.is_success
    await publish_now(stage.event)
    await check_exact(api, stage.event)


async def test_a_batch_whose_commit_was_made_but_never_confirmed_counts_once(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    times: list[Sequence[datetime | OvationError | None]] = []

    async def lose_the_first_answer(
        writes: Sequence[VoteWrite],
    ) -> Sequence[datetime | OvationError | None]:
        times.append(await write_votes(writes))
        if len(times) == 1:
            raise lost_connection()
        return times[-1]

    queue = GroupCommit(lose_the_first_answer, key=lambda write: write.key)
    cast_at = await queue.submit(ballot(poll, participant(event, 1), 0))
    assert [[cast_at]] * 2 == [list(each) for each in times]
    await publish_now(event)
    await check_exact(api, event)
    assert (await api.results(poll))["voters"] == 1


async def test_what_was_answered_201_is_there_for_every_worker(workers: list[Api]) -> None:
    event = await workers[0].make_event()
    for turn, worker in enumerate(workers):
        person = await worker.join(event)
        poll = await worker.make_poll(event)
        question = await worker.ask(person, event, "Is it there?")
        assert (await worker.vote(person, poll, 0)).status_code == 200
        other = workers[(turn + 1) % len(workers)]
        mine = (await other.call("GET", f"/v1/events/{event['id']}/me", person.token)).json()
        assert [each["id"] for each in mine["questions"]] == [question["id"]]
        assert [each["poll_id"] for each in mine["votes"]] == [poll["id"]]
