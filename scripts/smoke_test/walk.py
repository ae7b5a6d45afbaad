"""The walk: one event from its creation to its erasure, as host and as participant."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from scripts.local.api import Api, Refused
from scripts.local.failures import StartFailed

Json = dict[str, Any]
Say = Callable[[str], None]
_STEP_S = 0.3


class SmokeFailed(Exception):
    """A step came out otherwise than it should; the message says which and how."""


@dataclass
class Walk:
    """One walk through the deployment behind `api`; `show_within_s` is how late a count may show."""

    api: Api
    key: str
    show_within_s: float
    say: Say

    def run(self) -> None:
        """Walk; raise `SmokeFailed` at the first step that fails. The event is erased in any case."""
        with self._step("the deployment is ready"):
            ready = self.api.call("GET", "/health/ready")
            _expect(ready.get("status") == "ok", f"it says {ready}")
        with self._step("an event is made"):
            event = self.api.call("POST", "/v1/events", self.key, {"title": "Smoke test"})
        path = f"/v1/events/{event['id']}"
        try:
            self._take_part(event, path)
        finally:
            with self._step("the event is erased"):
                self.api.call("DELETE", path, self.key)
                self._expect_gone(path)

    def _take_part(self, event: Json, path: str) -> None:
        with self._step("it is live, and a participant joins"):
            self.api.call("PATCH", path, self.key, {"status": "live"})
            joined = self.api.call("POST", "/v1/join", None, {"join_code": event["join_code"]})
            token = str(joined["token"])
        with self._step("a poll is opened"):
            poll = self._open_poll(path)
        with self._step("a vote is counted once, however often it is sent"):
            vote = {"option_ids": [poll["options"][0]["id"]]}
            for _ in range(2):
                self.api.call("PUT", f"/v1/polls/{poll['id']}/vote", token, vote)
        with self._step("the audience's feed shows the count"):
            self._expect_shown(path, poll)
        with self._step("a question is asked and upvoted"):
            asked = self.api.call("POST", f"{path}/questions", token, {"body": "Does it work?"})
            upvoted = self.api.call("PUT", f"/v1/questions/{asked['id']}/upvote", token)
            _expect(upvoted.get("upvoted") is True, f"it says {upvoted}")
        with self._step("a closed poll has its final result, and takes no vote"):
            self._close_poll(poll, token, vote)

    def _open_poll(self, path: str) -> Json:
        options = [{"label": "Yes"}, {"label": "No"}]
        body = {"kind": "single_choice", "prompt": "Does it work?", "options": options}
        poll = self.api.call("POST", f"{path}/polls", self.key, body)
        return self.api.call("PATCH", f"/v1/polls/{poll['id']}", self.key, {"status": "open"})

    def _expect_shown(self, path: str, poll: Json) -> None:
        deadline = time.monotonic() + self.show_within_s
        while True:
            page = self.api.call("GET", f"{path}/changes")
            shown = [each["data"] for each in page["changes"] if each["type"] == "poll_results"]
            if [each["voters"] for each in shown if each["poll_id"] == poll["id"]] == [1]:
                return
            _expect(time.monotonic() < deadline, f"not within {self.show_within_s:g} s")
            time.sleep(_STEP_S)

    def _close_poll(self, poll: Json, token: str, vote: Json) -> None:
        path = f"/v1/polls/{poll['id']}"
        self.api.call("PATCH", path, self.key, {"status": "closed"})
        results = self.api.call("GET", f"{path}/results", self.key)
        counted = [each["votes"] for each in results["tallies"]]
        _expect((results["final"], results["voters"], counted) == (True, 1, [1, 0]), f"{results}")
        try:
            self.api.call("PUT", f"{path}/vote", token, vote)
        except Refused as refused:
            _expect(refused.status == 409, str(refused))
        else:
            raise SmokeFailed("a vote after the close was taken")

    def _expect_gone(self, path: str) -> None:
        try:
            self.api.call("GET", path, self.key)
        except Refused as refused:
            _expect(refused.status == 404, str(refused))
        else:
            raise SmokeFailed("it is still there")

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except (SmokeFailed, StartFailed, KeyError, TypeError) as failure:
            self.say(f"FAILED  {name}: {failure}")
            raise SmokeFailed(name) from failure
        self.say(f"ok  {time.monotonic() - began:6.2f} s  {name}")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SmokeFailed(otherwise)
