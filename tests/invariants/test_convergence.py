"""I5: whatever a client skipped, repeated, lost or confused, it ends in the state of a fresh snapshot.

A random session of hosts and participants on the real application and database, with clients that
poll it clumsily; in the end all clients, fresh snapshots and a model in memory must agree.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from shared.db.engines import close_database, write_session
from shared.db.group_commit import drain_queues
from tests.support.api import Api, Json, Participant
from tests.support.clients import ClumsyClient
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.session_model import ModelPoll, ModelQuestion, SessionModel, as_modelled

Result = TypeVar("Result")

NUMBERS = st.integers(min_value=0, max_value=1_000)
VISIBILITIES = st.sampled_from(["live", "after_close", "staff"])
POLL_STATUSES = st.sampled_from(["open", "closed", "closed", "open", "archived"])
QUESTION_STATUSES = st.sampled_from(["published", "answered", "dismissed", "archived"])
FOREIGN_CURSORS = st.sampled_from(["ffffffff-p-1", "0-s-1", "?", "", "1-p-999999999999999999"])
NEXT = {
    "draft": {"open", "archived"},
    "open": {"closed", "archived"},
    "closed": {"open", "archived"},
}


class Session(RuleBasedStateMachine):
    """One event with three participants, two clients of the public feed and two of the staff's."""

    runner: ClassVar[asyncio.Runner]
    api: ClassVar[Api]

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do the work on the loop that the application runs on."""
        return self.runner.run(work)

    @initialize(moderated=st.booleans())
    def begin(self, moderated: bool) -> None:
        """Make the event, and let everybody join."""
        api = self.api
        self.event: Json = self.run(api.make_event(question_moderation=moderated))
        self.people: list[Participant] = self.run(crowd(self.event, 3, name="Grace"))
        self.model = SessionModel()
        self.first_status = "pending" if moderated else "published"
        self.clients = [
            ClumsyClient.of(api, self.event, "public", None),
            ClumsyClient.of(api, self.event, "public", api.organizer_key),
            ClumsyClient.of(api, self.event, "staff", api.organizer_key),
            ClumsyClient.of(api, self.event, "staff", api.organizer_key),
        ]

    def call(self, method: str, path: str, who: int | None, body: Json | None = None) -> int:
        """Make a call as a participant, or as the organizer; return the status."""
        token = self.api.organizer_key if who is None else self.people[who % 3].token
        response: httpx.Response = self.run(self.api.call(method, path, token, body))
        assert response.status_code < 500 and response.status_code != 429, response.text
        return response.status_code

    def a_poll(self, number: int) -> ModelPoll:
        """Return one of the polls."""
        return list(self.model.polls.values())[number % len(self.model.polls)]

    def a_question(self, number: int) -> ModelQuestion:
        """Return one of the questions."""
        return list(self.model.questions.values())[number % len(self.model.questions)]

    def has_polls(self) -> bool:
        """Tell whether there is any poll."""
        return bool(self.model.polls)

    def has_questions(self) -> bool:
        """Tell whether there is any question."""
        return bool(self.model.questions)

    @rule(visibility=VISIBILITIES, kind=st.sampled_from(["single_choice", "multiple_choice"]))
    def make_poll(self, visibility: str, kind: str) -> None:
        """Make a draft."""
        making = self.api.make_poll(
            self.event, kind=kind, results_visibility=visibility, open_now=False
        )
        made = self.run(making)
        self.model.polls[made["id"]] = ModelPoll(made, visibility=visibility, prompt=made["prompt"])

    @precondition(has_polls)
    @rule(number=NUMBERS, status=POLL_STATUSES)
    def move_poll(self, number: int, status: str) -> None:
        """Open, close, reopen or archive a poll."""
        poll = self.a_poll(number)
        answer = self.call("PATCH", f"/v1/polls/{poll.made['id']}", None, {"status": status})
        allowed = status == poll.status or status in NEXT.get(poll.status, ())
        assert answer == (200 if allowed else 409)
        if allowed:
            poll.status = status

    @precondition(has_polls)
    @rule(number=NUMBERS, visibility=VISIBILITIES)
    def show_or_hide(self, number: int, visibility: str) -> None:
        """Change prompt and visibility."""
        poll = self.a_poll(number)
        poll.visibility, poll.prompt = visibility, f"Prompt {number}?"
        body = {"results_visibility": visibility, "prompt": poll.prompt}
        assert self.call("PATCH", f"/v1/polls/{poll.made['id']}", None, body) == 200

    @precondition(has_polls)
    @rule(number=NUMBERS)
    def erase_poll(self, number: int) -> None:
        """Erase a poll; one in two, so that some live."""
        poll = self.a_poll(number)
        if number % 2:
            assert self.call("DELETE", f"/v1/polls/{poll.made['id']}", None) == 204
            del self.model.polls[poll.made["id"]]

    @precondition(has_polls)
    @rule(number=NUMBERS, who=NUMBERS, choices=st.sets(st.integers(0, 2), max_size=3))
    def vote(self, number: int, who: int, choices: set[int]) -> None:
        """Cast, change or retract a vote."""
        poll = self.a_poll(number)
        path = f"/v1/polls/{poll.made['id']}/vote"
        options = [poll.made["options"][choice]["id"] for choice in sorted(choices)]
        if not options:
            answer = self.call("DELETE", path, who)
        else:
            answer = self.call("PUT", path, who, {"option_ids": options})
        if poll.status == "draft":
            assert answer == 404
        elif len(options) > poll.made["max_choices"]:
            assert answer == 422
        elif poll.status != "open":
            assert answer == 409
        else:
            assert answer == 200
            poll.votes[self.people[who % 3].id] = options
            if not options:
                del poll.votes[self.people[who % 3].id]

    @rule(who=NUMBERS, anonymous=st.booleans())
    def ask(self, who: int, anonymous: bool) -> None:
        """Ask a question."""
        body = f"Question {who}?"
        asking = self.api.ask(self.people[who % 3], self.event, body, anonymous=anonymous)
        asked = self.run(asking)
        assert asked["author_name"] == (None if anonymous else "Grace")
        self.model.questions[asked["id"]] = ModelQuestion(asked, self.first_status)

    @precondition(has_questions)
    @rule(number=NUMBERS, status=QUESTION_STATUSES)
    def moderate(self, number: int, status: str) -> None:
        """Publish, answer, dismiss or archive a question."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        assert self.call("PATCH", path, None, {"status": status}) == 200
        question.status = status
        question.pinned = question.pinned and question.is_public()

    @precondition(has_questions)
    @rule(number=NUMBERS, pinned=st.booleans())
    def pin(self, number: int, pinned: bool) -> None:
        """Pin a question or take the pin away."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        answer = self.call("PATCH", path, None, {"pinned": pinned})
        assert answer == (409 if pinned and not question.is_public() else 200)
        question.pinned = pinned if answer == 200 else question.pinned

    @precondition(has_questions)
    @rule(number=NUMBERS, erase=st.booleans())
    def reply_or_erase(self, number: int, erase: bool) -> None:
        """Reply to a question; some are erased instead."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        if erase and number % 2:
            assert self.call("DELETE", path, None) == 204
            del self.model.questions[question.asked["id"]]
            return
        assert self.call("POST", f"{path}/replies", None, {"body": f"Reply {number}."}) == 201
        question.replies.append(f"Reply {number}.")

    @precondition(has_questions)
    @rule(number=NUMBERS, who=NUMBERS, method=st.sampled_from(["PUT", "PUT", "DELETE"]))
    def upvote(self, number: int, who: int, method: str) -> None:
        """Upvote a question or take the upvote back."""
        question = self.a_question(number)
        answer = self.call(method, f"/v1/questions/{question.asked['id']}/upvote", who)
        assert answer == (200 if question.is_public() else 404)
        if answer == 200:
            change = question.upvotes.add if method == "PUT" else question.upvotes.discard
            change(self.people[who % 3].id)

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
                    max_examples=15,
                    stateful_step_count=25,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(drain_queues())
            runner.run(client.aclose())
            runner.run(close_database())
