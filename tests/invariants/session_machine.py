"""A random session of one event: who takes part in it, and how its rules make their calls."""

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from shared.http.rate_limits import PARTICIPANT_WRITES
from tests.support.api import Api, Json, Participant
from tests.support.clients import ClumsyClient
from tests.support.crowd import crowd
from tests.support.session_model import SessionModel

Result = TypeVar("Result")

NUMBERS = st.integers(min_value=0, max_value=1_000)


class SessionMachine(RuleBasedStateMachine):
    """One event with three participants, two clients of the public feed and two of the staff's."""

    runner: ClassVar[asyncio.Runner]
    api: ClassVar[Api]

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do the work on the loop that the application runs on."""
        return self.runner.run(work)

    def make_event(self, moderated: bool) -> None:
        """Make the event, and let everybody join."""
        api = self.api
        self.event: Json = self.run(
            api.make_event(question_moderation=moderated, open_text_moderation=moderated)
        )
        self.people: list[Participant] = self.run(crowd(self.event, 3, name="Grace"))
        self.model = SessionModel(moderates_texts=moderated)
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
        response: httpx.Response = self.run(self._call_at_once(method, path, token, body))
        assert response.status_code < 500 and response.status_code != 429, response.text
        return response.status_code

    async def _call_at_once(self, *call: Any) -> httpx.Response:
        # One of three people writes faster here than anyone is let.
        PARTICIPANT_WRITES.pop()
        return await self.api.call(*call)
