"""A plan that was made while the tables were nearly empty still serves when they have filled."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest

from scripts.local.postgresql import Cluster
from shared.db.engines import close_database
from shared.identity.principals import ParticipantPrincipal
from shared.questions.upvotes import UpvoteWrite, write_upvotes
from shared.reactions.writes import ReactionWrite, write_reactions
from shared.settings import get_settings
from tests.support.api import Api, Json, Participant
from tests.support.application import new_organizer_key
from tests.support.ballots import accepted, ballot, participant
from tests.support.databases import migrated_database, run_sql
from tests.support.quizzes import answer_write, written

# psycopg prepares a statement when it comes for the sixth time; PostgreSQL plans five times for the
# parameters it gets before it makes a plan for all that may come.
UNTIL_PLANNED = 14
BATCH = 4
# Far more than a batch has to look at, far less than there are.
FEW_ROWS = 1_000
MANY_ROWS = 20_000

Write = Callable[[list[ParticipantPrincipal]], Awaitable[object]]
Prepare = Callable[[Api, Json], Awaitable[Write]]


@pytest.fixture
def own_database(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database with nothing in it, which the process's settings name meanwhile."""
    with migrated_database(cluster) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        get_settings.cache_clear()
        yield url
    monkeypatch.undo()
    get_settings.cache_clear()


@asynccontextmanager
async def application() -> AsyncIterator[Api]:
    """Yield the application's calls, all of whose connections have ended afterwards."""
    from handlers.app import app

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://ovation.test") as client:
        try:
            yield Api(client, await new_organizer_key("Plans"))
        finally:
            await close_database()


async def votes(api: Api, event: Json) -> Write:
    poll = await api.make_poll(event)
    return lambda voters: accepted([ballot(poll, voter, 0) for voter in voters])


async def upvotes(api: Api, event: Json) -> Write:
    asked = await api.ask(await api.join(event), event, "Why?")
    return lambda voters: write_upvotes(
        [UpvoteWrite(UUID(asked["id"]), voter, True) for voter in voters]
    )


async def answers(api: Api, event: Json) -> Write:
    quiz = await api.make_quiz(event)
    question = quiz["questions"][0]
    return lambda voters: written(
        [
            answer_write(event, question, Participant(str(voter.participant_id), ""), 0)
            for voter in voters
        ]
    )


async def reactions(api: Api, event: Json) -> Write:
    return lambda voters: write_reactions([ReactionWrite(voter, "heart", 1) for voter in voters])


async def own_state(api: Api, event: Json) -> Write:
    vote, reader = await votes(api, event), await api.join(event)

    async def vote_and_read(voters: list[ParticipantPrincipal]) -> None:
        await vote(voters)
        answer = await api.call("GET", f"/v1/events/{event['id']}/me", reader.token)
        assert answer.status_code == 200

    return vote_and_read


# Those who did the same before, as many as there may be; and as many banned ones.
FILL = {
    "votes": "INSERT INTO votes (poll_id, participant_id, ballot, counts, cast_at)"
    " SELECT old.poll_id, id, old.ballot, old.counts, now() FROM many, (TABLE votes LIMIT 1) AS old",
    "upvotes": "INSERT INTO upvotes (question_id, participant_id, counts)"
    " SELECT old.question_id, id, old.counts FROM many, (TABLE upvotes LIMIT 1) AS old",
    "answers": "INSERT INTO quiz_answers"
    " (question_id, participant_id, option_ids, counts, response_ms, received_at)"
    " SELECT old.question_id, id, old.option_ids, old.counts, old.response_ms, old.received_at"
    " FROM many, (TABLE quiz_answers LIMIT 1) AS old",
    "reactions": "INSERT INTO reactions (event_id, participant_id, counts, last_write)"
    " SELECT old.event_id, id, old.counts, id FROM many, (TABLE reactions LIMIT 1) AS old",
}
FILL["own_state"] = FILL["votes"]


def fill(database_url: str, written: str) -> None:
    """Let many have done what is written, in an event that has as many banned participants."""
    run_sql(
        database_url,
        "WITH many AS (INSERT INTO participants (id, event_id)"
        f" SELECT gen_random_uuid(), events.id FROM events, generate_series(1, {MANY_ROWS})"
        f" RETURNING id, event_id), banned AS (INSERT INTO bans (event_id, participant_hash)"
        f" SELECT event_id, sha256(uuid_send(gen_random_uuid())) FROM many) {FILL[written]}",
    )


def rows_read(database_url: str) -> int:
    """Return how many rows have been read of all tables, by whoever has told by now."""
    sql = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables"
    [(rows,)] = run_sql(database_url, sql)
    assert isinstance(rows, int)
    return rows


async def until_all_have_told(database_url: str) -> None:
    """Return when the application's connections have ended, each of which tells at its end what it read."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'ovation-%'"
    sql += " AND datname = current_database()"
    async with asyncio.timeout(20):
        while run_sql(database_url, sql) != [(0,)]:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("prepare", [votes, upvotes, answers, reactions, own_state])
def test_a_batch_reads_its_own_rows_however_many_others_there_are(
    prepare: Prepare, own_database: str
) -> None:
    async def read_after_filling() -> int:
        async with application() as api:
            event = await api.make_event()
            write = await prepare(api, event)
            voters = [
                participant(event, number) for number in range(BATCH * (1 + UNTIL_PLANNED + 4))
            ]
            batches = [voters[at : at + BATCH] for at in range(0, len(voters), BATCH)]
            await write(batches[0])
            run_sql(own_database, "ANALYZE")
            for batch in batches[1 : 1 + UNTIL_PLANNED]:
                await write(batch)
            fill(own_database, prepare.__name__)
            before = rows_read(own_database)
            for batch in batches[1 + UNTIL_PLANNED :]:
                await write(batch)
        await until_all_have_told(own_database)
        return rows_read(own_database) - before

    assert asyncio.run(read_after_filling()) < FEW_ROWS
