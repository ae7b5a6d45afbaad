"""One simulated attendee: joins, follows the feed, votes, asks, upvotes and reacts, as a good client does."""

import asyncio
import json
import time
from collections.abc import Collection, Coroutine, Mapping
from random import Random
from typing import Any
from uuid import uuid4

from scripts.rehearsal.ballots import choose, moves_of
from scripts.rehearsal.failures import NoAnswer
from scripts.rehearsal.hall import Hall, cancel, pause
from scripts.rehearsal.http_client import Answer
from scripts.rehearsal.measurements import POLLING
from scripts.rehearsal.recount import Choice
from scripts.rehearsal.screen import Screen
from scripts.rehearsal.visibility import Watch

# Parts of the audience that change their mind, and that press the button once more.
CHANGING = 0.1
REPEATING = 0.05
_JITTER = 0.1
REACTIONS = ("clap", "heart", "laugh", "wow", "thinking")


class Attendee:
    """Somebody with a phone; `choices` and `upvotes` are what the deployment promised to count."""

    def __init__(self, hall: Hall, number: int) -> None:
        """Stand outside."""
        self._hall = hall
        self._number = number
        self._chance = Random(number)  # nosec B311  # so that two rehearsals are alike
        self._client = hall.new_client()
        self._screen = Screen(hall.event_id)
        self._questions: set[str] = set()
        self._acts: set[asyncio.Task[None]] = set()
        self.token: str | None = None
        self.watch: Watch | None = None
        self.choices: dict[str, Choice] = {}
        self.upvotes: dict[str, Choice] = {}

    async def attend(self, due: float) -> None:
        """Join at `due`, then follow the event until cancelled."""
        try:
            if await self._join(due):
                await self._follow()
        finally:
            await cancel(self._acts)
            self._client.close()

    def act(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do something beside polling."""
        task = asyncio.create_task(doing)
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)

    @property
    def is_busy(self) -> bool:
        """Whether something that was begun waits for its answer."""
        return bool(self._acts)

    async def _join(self, due: float) -> bool:
        hall = self._hall
        body = {"join_code": hall.join_code, "display_name": f"Attendee {self._number + 1}"}
        while time.perf_counter() < hall.doors_close_at:
            due = await hall.pace.turn(due)
            answer = await self._send("join_event", "POST /v1/join", due, body, expected={429})
            if answer is not None and answer.status == 200:
                self.token = answer.json["token"]
                self.watch = Watch(since=time.perf_counter())
                hall.arrived += 1
                return True
            if answer is not None and answer.status == 429:
                hall.pace.refuse(answer.retry_after_s or 1)
            elif answer is not None and answer.status < 500:
                return False
            else:
                await pause(answer)
            due = time.perf_counter()
        return False

    async def _follow(self) -> None:
        due = time.perf_counter()
        while True:
            wait_s = await self._poll(due)
            due = time.perf_counter() + wait_s
            await asyncio.sleep(wait_s)

    async def _poll(self, due: float) -> float:
        """Ask what changed, and return how long to wait before asking again."""
        screen = self._screen
        try:
            answer = await self._hall.request(
                self._client, POLLING, f"GET {screen.path}", headers=screen.headers, due=due
            )
        except NoAnswer:
            return self._jittered()
        if answer.status == 200:
            page = answer.json
            self._look(screen.apply(page, answer.headers.get("etag", "")))
            measured = self._hall.measurements
            measured.longest_poll_after_s = max(measured.longest_poll_after_s, screen.poll_after_s)
            if page["more"]:
                return 0.0
        elif answer.status != 304:
            return answer.retry_after_s or self._jittered()
        return self._jittered()

    def _jittered(self) -> float:
        return self._screen.poll_after_s * self._chance.uniform(1 - _JITTER, 1 + _JITTER)

    def _look(self, changes: Any) -> None:
        assert self.watch is not None
        now, visibility = time.perf_counter(), self._hall.visibility
        for change in changes:
            shown = change["data"]
            if change["type"] == "poll":
                visibility.show_poll(self.watch, shown, now)
                if shown["status"] == "open" and shown["id"] not in self.choices:
                    self.choices[shown["id"]] = Choice()
                    self.act(self._take_part(shown))
            elif change["type"] == "poll_results":
                visibility.show_results(self.watch, shown, now)
            elif change["type"] == "question" and shown["id"] not in self._questions:
                self._questions.add(shown["id"])
                if self._chance.random() < self._hall.upvoting:
                    self.act(self._upvote(shown["id"]))

    async def _take_part(self, poll: Mapping[str, Any]) -> None:
        # Both now: how often it polls meanwhile must not decide what somebody does.
        ballot, habit = choose(poll, self._chance), self._chance.random()
        await self._vote(poll["id"], ballot, await self._think())
        if habit < REPEATING:
            await self._vote(poll["id"], ballot, time.perf_counter())
        elif habit < REPEATING + CHANGING:
            await self._vote(poll["id"], choose(poll, self._chance), await self._think())

    async def _think(self) -> float:
        wait_s = self._chance.uniform(0.1, 1.0) * self._hall.think_s
        due = time.perf_counter() + wait_s
        await asyncio.sleep(wait_s)
        return due

    async def _vote(self, poll_id: str, ballot: Mapping[str, Any], due: float) -> None:
        """Cast a vote, as often as it takes to be answered, while the screen shows the poll open."""
        choice, moves = self.choices[poll_id], moves_of(ballot)
        call = f"PUT /v1/polls/{poll_id}/vote"
        while self._screen.is_open(poll_id):
            choice.send(moves)
            answer = await self._send("cast_vote", call, due, ballot, expected={"poll_closed"})
            if answer is not None and answer.status == 200:
                if choice.acknowledged is None:
                    self._hall.visibility.vote(poll_id, time.perf_counter())
                choice.acknowledge(moves)
                self._hall.votes += 1
                return
            if answer is not None and answer.status < 500:
                choice.refuse()
                self._hall.too_late += answer.code == "poll_closed"
                if answer.status != 429:
                    return
            await pause(answer)
            due = time.perf_counter()

    async def ask(self, text: str) -> None:
        """Ask a question, once whatever becomes of the answer."""
        headers = {"Idempotency-Key": str(uuid4())}
        call = f"POST /v1/events/{self._hall.event_id}/questions"
        due = await self._think()
        await self._insist("ask_question", call, due, {"body": text}, headers)

    async def _upvote(self, question_id: str) -> None:
        choice, moves = Choice(), {question_id: 1}
        self.upvotes[question_id] = choice
        due = await self._think()
        choice.send(moves)
        call = f"PUT /v1/questions/{question_id}/upvote"
        if await self._insist("upvote_question", call, due, None):
            choice.acknowledge(moves)

    async def react(self) -> None:
        """Send a reaction or a few, whether or not they get through."""
        kind, count = self._chance.choice(REACTIONS), self._chance.randint(1, 5)
        call = f"POST /v1/events/{self._hall.event_id}/reactions"
        applause, body = self._hall.reactions, {"kind": kind, "count": count}
        due = await self._think()
        applause.unanswered[kind] += count
        answer = await self._send("send_reaction", call, due, body, counts_twice=True)
        if answer is not None and answer.status < 500:
            applause.unanswered[kind] -= count
            applause.acknowledged[kind] += count if answer.status < 300 else 0

    async def _insist(
        self,
        operation: str,
        call: str,
        due: float,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None = None,
    ) -> bool:
        """Send until it is answered or refused for good; return whether it was accepted."""
        while True:
            answer = await self._send(operation, call, due, body, headers=headers)
            if answer is not None and answer.status < 500 and answer.status != 429:
                return answer.status < 300
            await pause(answer)
            due = time.perf_counter()

    async def _send(
        self,
        operation: str,
        call: str,
        due: float,
        body: Mapping[str, Any] | None,
        *,
        headers: Mapping[str, str] | None = None,
        expected: Collection[int | str] = (),
        counts_twice: bool = False,
    ) -> Answer | None:
        """Return the answer, None when there was none."""
        encoded = None if body is None else json.dumps(body).encode()
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            return await self._hall.request(
                self._client,
                operation,
                call,
                headers={**authorization, **(headers or {})},
                due=due,
                body=encoded,
                expected=expected,
                counts_twice=counts_twice,
            )
        except NoAnswer:
            return None
