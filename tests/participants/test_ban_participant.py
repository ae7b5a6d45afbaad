"""Banning: whoever is banned writes nothing more, what was written stays, and it can be undone."""

from uuid import UUID, uuid4

import pytest

from shared.db.engines import write_session
from shared.errors import Banned
from shared.identifiers import new_id
from shared.participants.queries import ban as ban_in
from shared.polls.votes import write_votes
from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.application import new_organizer_key
from tests.support.ballots import ballot, participant
from tests.support.crowd import crowd
from tests.support.problems import check_problem
from tests.support.questions import as_public
from tests.support.stage import Stage, set_stage
from tests.support.tables import fingerprint, query

WRITES = (
    "cast_vote",
    "retract_vote",
    "ask_question",
    "upvote_question",
    "retract_upvote",
    "send_reaction",
)


async def ban(api: Api, participant: Participant, token: str | None = None) -> None:
    path = f"/v1/participants/{participant.id}/ban"
    banned = await api.call("POST", path, token or api.organizer_key)
    assert banned.status_code == 200, banned.text
    assert banned.json() == {"participant_id": participant.id, "banned": True}


@pytest.fixture
async def stage(api: Api) -> Stage:
    """A stage whose participant can be told from the others."""
    return await set_stage(api)


@pytest.mark.parametrize("wrote_before", [True, False])
@pytest.mark.parametrize("role", ["organizer", "moderator"])
async def test_every_write_of_a_banned_participant_is_refused_and_changes_nothing(
    stage: Stage, wrote_before: bool, role: str
) -> None:
    api = stage.api
    [writer] = await crowd(stage.event, 1)
    if wrote_before:
        assert (await stage.call("cast_vote", writer.token)).status_code == 200
    await ban(api, writer, stage.tokens[role])
    before = await fingerprint()

    for operation in WRITES:
        check_problem(await stage.call(operation, writer.token), 403, "banned")

    assert await fingerprint() == before
    # It may still read.
    assert (await stage.call("get_me", writer.token)).status_code == 200
    [other] = await crowd(stage.event, 1)
    assert (await stage.call("cast_vote", other.token)).status_code == 200


async def test_what_was_written_before_the_ban_stays(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    author = await api.join(event)
    question = await api.ask(author, event, "Will it rain?")
    await api.vote(author, poll, 0)

    await ban(api, author)

    reader = FeedReader(api, event)
    await reader.poll()
    assert reader.state["question", question["id"]] == question
    assert (await api.results(poll))["voters"] == 1


async def test_a_ban_is_lifted_and_both_may_be_said_twice(stage: Stage) -> None:
    api = stage.api
    [writer] = await crowd(stage.event, 1)
    await ban(api, writer)
    await ban(api, writer)
    check_problem(await stage.call("cast_vote", writer.token), 403, "banned")

    for _ in range(2):
        path = f"/v1/participants/{writer.id}/ban"
        lifted = await api.call("DELETE", path, api.organizer_key)
        assert lifted.json() == {"participant_id": writer.id, "banned": False}

    assert (await stage.call("cast_vote", writer.token)).status_code == 200


async def test_a_batch_with_a_banned_participant_counts_the_others(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    voters = [participant(event, number) for number in range(3)]
    sql = "SELECT encode(sha256(uuid_send(CAST(:id AS uuid))), 'hex')"
    [(expected,)] = await query(sql, id=voters[1].participant_id)
    async with write_session() as session:
        await ban_in(session, [voters[1].event_id], voters[1].participant_id)

    outcomes = await write_votes([ballot(poll, voter, 0) for voter in voters])

    assert [isinstance(outcome, Banned) for outcome in outcomes] == [False, True, False]
    kept = "SELECT encode(participant_hash, 'hex') FROM bans WHERE event_id = :id"
    assert await query(kept, id=event["id"]) == [(expected,)]


async def test_a_ban_in_one_event_means_nothing_in_another(api: Api) -> None:
    event, elsewhere = await api.make_event(), await api.make_event()
    poll = await api.make_poll(event)
    moderator = await api.add_member(elsewhere, "moderator")
    newcomer = await api.join(event)

    await ban(api, newcomer, moderator)

    assert (await api.vote(newcomer, poll, 0)).status_code == 200
    path = f"/v1/participants/{newcomer.id}/ban"
    check_problem(await api.call("POST", path, moderator), 404, "not_found")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_an_id_that_joining_never_gave_is_404(api: Api, method: str) -> None:
    before_all, random = UUID("0197f6a0-c0de-7000-a1b2-c3d4e5f60718"), uuid4()
    much_later = UUID(int=new_id().int + (3_600_000 << 80))
    event = await api.make_event()
    moderator = await api.add_member(event, "moderator")
    for id in (before_all, random, much_later):
        for token in (api.organizer_key, moderator):
            refused = await api.call(method, f"/v1/participants/{id}/ban", token)
            check_problem(refused, 404, "not_found")


async def test_an_organizer_without_a_live_event_has_no_newcomer_to_ban(api: Api) -> None:
    key = await new_organizer_key("Nobody's organizer")
    refused = await api.call("POST", f"/v1/participants/{new_id()}/ban", key)
    check_problem(refused, 404, "not_found")


@pytest.mark.parametrize("anonymous", [True, False])
async def test_staff_learns_who_asked_under_a_name_and_the_public_never_does(
    api: Api, anonymous: bool
) -> None:
    event = await api.make_event()
    presenter = await api.add_member(event, "presenter")
    author = await api.join(event)
    asked: Json = await api.ask(author, event, "Who am I?", anonymous=anonymous)
    assert "participant_id" not in asked
    staff, public = FeedReader(api, event, presenter), FeedReader(api, event)
    for reader in (staff, public):
        await reader.poll()

    key = ("question", asked["id"])
    assert public.state[key] == asked
    assert as_public(staff.state[key]) == asked
    assert staff.state[key]["participant_id"] == (None if anonymous else author.id)


async def test_who_asked_anonymously_is_banned_by_the_question(api: Api) -> None:
    event = await api.make_event()
    moderator = await api.add_member(event, "moderator")
    poll = await api.make_poll(event)
    author = await api.join(event)
    asked = await api.ask(author, event, "Who am I?", anonymous=True)
    path = f"/v1/questions/{asked['id']}/author/ban"

    banned = await api.call("POST", path, moderator)

    assert banned.json() == {"question_id": asked["id"], "banned": True}
    check_problem(await api.vote(author, poll, 0), 403, "banned")
    lifted = await api.call("DELETE", path, moderator)
    assert lifted.json() == {"question_id": asked["id"], "banned": False}
    assert (await api.vote(author, poll, 0)).status_code == 200
