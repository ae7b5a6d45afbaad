"""I5: whatever a client skipped, repeated, lost or confused, it ends in the state of a fresh snapshot.

A random session of hosts and participants on the real application and database, with clients that
poll it clumsily; in the end all clients, fresh snapshots and a model in memory must agree.
"""

import asyncio

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from shared.db.engines import close_database, write_session
from shared.db.group_commit import drain_queues
from tests.invariants.poll_rules import ANY_KIND, PollRules
from tests.invariants.question_rules import QuestionRules
from tests.invariants.quiz_rules import QuizRules
from tests.invariants.session_machine import NUMBERS
from tests.support.api import Api, Json
from tests.support.feed import publish_now, snapshot
from tests.support.quiz_recount import check_quiz
from tests.support.session_model import as_modelled

FOREIGN_CURSORS = st.sampled_from(["ffffffff-p-1", "0-s-1", "?", "", "1-p-999999999999999999"])


class Session(PollRules, QuestionRules, QuizRules):
    """Hosts, participants and clients, each at random."""

    @initialize(moderated=st.booleans(), kinds=st.lists(ANY_KIND, min_size=1, max_size=3))
    def begin(self, moderated: bool, kinds: list[str]) -> None:
        """Begin with open polls, questions and a quiz, so that what happens meets in the same ones."""
        self.make_event(moderated)
        self.open_polls(kinds)
        self.ask_first(len(kinds) + 1)
        self.begin_quiz()

    @invariant()
    def diligent_clients_poll(self) -> None:
        """Let one client of each feed see all that happens, so that everything must be undone too."""
        if hasattr(self, "clients"):
            for client in self.clients[1::2]:
                self.run(client.poll("applied"))

    @rule(client=NUMBERS, fate=st.sampled_from(["applied", "twice", "lost"]))
    def poll(self, client: int, fate: str) -> None:
        """Let a client poll."""
        self.run(self.clients[client % 4].poll(fate))

    @rule(client=NUMBERS, choice=NUMBERS)
    def apply_an_old_response(self, client: int, choice: int) -> None:
        """Let a client get an old response once more, however old."""
        self.clients[client % 4].apply_again(choice)

    @rule(client=NUMBERS, cursor=FOREIGN_CURSORS)
    def confuse_the_cursor(self, client: int, cursor: str) -> None:
        """Let a client ask with a cursor that it was never given."""
        self.clients[client % 4].reader.cursor = cursor

    @rule()
    def tick(self) -> None:
        """Let the counts be published."""
        self.run(publish_now(self.event))

    @rule(epoch=st.integers(0, 2**31 - 1))
    def restore_the_database(self, epoch: int) -> None:
        """Begin another life of the database: every cursor so far is foreign."""
        self.run(_set_epoch(self.event, epoch))

    def teardown(self) -> None:
        """Let everything come to rest, and compare."""
        if hasattr(self, "event"):
            self.run(self.compare())

    async def compare(self) -> None:
        """Assert that clients, fresh snapshots and the model agree."""
        await publish_now(self.event)
        for quiz in [each for each in self.model.quizzes.values() if each.state != "draft"]:
            await check_quiz(self.api, self.event, quiz.made)
        for client in self.clients:
            fresh = await snapshot(self.api, self.event, client.audience)
            assert as_modelled(fresh.state) == self.model.expected(client.audience)
            async with asyncio.timeout(3):
                await client.catch_up()
                while client.reader.state != fresh.state:
                    # Only the micro-cache may be behind, by its max-age.
                    assert client.credential is None
                    await asyncio.sleep(0.1)
                    await client.catch_up()


async def _set_epoch(event: Json, epoch: int) -> None:
    async with write_session() as session:
        change = text("UPDATE events SET feed_epoch = :epoch WHERE id = :id")
        await session.execute(change, {"epoch": epoch, "id": event["id"]})


def test_every_client_ends_in_the_state_of_a_fresh_snapshot(
    organizer_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.app import app

    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://ovation.test"
        )
        monkeypatch.setattr(Session, "runner", runner, raising=False)
        monkeypatch.setattr(Session, "api", Api(client, organizer_key), raising=False)
        try:
            run_state_machine_as_test(
                Session,
                settings=settings(
                    max_examples=20,
                    stateful_step_count=30,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(drain_queues())
            runner.run(client.aclose())
            runner.run(close_database())
