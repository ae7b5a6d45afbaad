"""The wire contract as calls: a test says what happens, not how HTTP carries it."""

from dataclasses import dataclass, field
from typing import Any

import httpx

Json = dict[str, Any]

# Of an event's settings, what only the staff is told.
STAFF_SETTINGS = ("word_cloud_stop_list", "word_filter_languages", "word_filter_words")
WITH_OPTIONS = ("single_choice", "multiple_choice", "ranking")


@dataclass(frozen=True)
class Participant:
    """Somebody who joined."""

    id: str
    token: str


@dataclass
class Api:
    """Calls the application as an organizer, a member or a participant."""

    client: httpx.AsyncClient
    organizer_key: str

    async def call(
        self, method: str, path: str, token: str | None = None, body: object = None, **options: Any
    ) -> httpx.Response:
        """Send one request with a credential and a JSON body."""
        headers = {**options.pop("headers", {})}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            options["json"] = body
        return await self.client.request(method, path, headers=headers, **options)

    async def make_event(self, *, live: bool = True, **settings: bool | int | list[str]) -> Json:
        """Make an event, live unless told otherwise."""
        body = {"title": "Keynote", "settings": settings}
        event = _ok(await self.call("POST", "/v1/events", self.organizer_key, body), 201)
        if live:
            path = f"/v1/events/{event['id']}"
            event = _ok(await self.call("PATCH", path, self.organizer_key, {"status": "live"}))
        return event

    async def join(self, event: Json, display_name: str | None = "Grace") -> Participant:
        """Join an event as somebody new."""
        body: Json = {"join_code": event["join_code"]}
        if display_name is not None:
            body["display_name"] = display_name
        joined = _ok(await self.call("POST", "/v1/join", None, body))
        return Participant(joined["participant_id"], joined["token"])

    async def add_member(self, event: Json, role: str) -> str:
        """Add a member and return its token."""
        path = f"/v1/events/{event['id']}/members"
        body = {"role": role, "name": f"The {role}"}
        return str(_ok(await self.call("POST", path, self.organizer_key, body), 201)["token"])

    async def make_poll(
        self,
        event: Json,
        *labels: str,
        kind: str = "single_choice",
        open_now: bool = True,
        **fields: Any,
    ) -> Json:
        """Make a poll, open unless told otherwise."""
        offers = kind in WITH_OPTIONS
        options = [{"label": each} for each in labels or ("red", "green", "blue") if offers]
        body = {"kind": kind, "prompt": "Which one?", "options": options, **fields}
        path = f"/v1/events/{event['id']}/polls"
        poll = _ok(await self.call("POST", path, self.organizer_key, body), 201)
        return await self.change_poll(poll, status="open") if open_now else poll

    async def change_poll(self, poll: Json, **fields: Any) -> Json:
        """Change a poll as its organizer."""
        path = f"/v1/polls/{poll['id']}"
        return _ok(await self.call("PATCH", path, self.organizer_key, fields))

    async def vote(self, participant: Participant, poll: Json, *choices: int) -> httpx.Response:
        """Vote for the options at these positions."""
        body = {"option_ids": [poll["options"][choice]["id"] for choice in choices]}
        return await self.call("PUT", f"/v1/polls/{poll['id']}/vote", participant.token, body)

    async def answer(self, participant: Participant, poll: Json, **vote: Any) -> httpx.Response:
        """Vote in a poll of any kind."""
        return await self.call("PUT", f"/v1/polls/{poll['id']}/vote", participant.token, vote)

    async def results(self, poll: Json) -> Json:
        """Return a poll's results as the organizer sees them."""
        return _ok(await self.call("GET", f"/v1/polls/{poll['id']}/results", self.organizer_key))

    async def make_quiz(
        self, event: Json, *questions: Json, run: tuple[str, ...] = ("start", "next"), **fields: Any
    ) -> Json:
        """Make a quiz of these questions, or of one, whose first question is shown unless told otherwise."""
        body = {"title": "Geography", "questions": questions or (quiz_question(),), **fields}
        path = f"/v1/events/{event['id']}/quizzes"
        quiz = _ok(await self.call("POST", path, self.organizer_key, body), 201)
        for action in run:
            quiz = await self.run_quiz(quiz, action)
        return quiz

    async def run_quiz(self, quiz: Json, action: str, **fields: Any) -> Json:
        """Let the quiz go on as its organizer."""
        body = {"action": action, **fields}
        return _ok(await self.call("PATCH", f"/v1/quizzes/{quiz['id']}", self.organizer_key, body))

    async def choose(
        self, participant: Participant, question: Json, *choices: int, **fields: Any
    ) -> httpx.Response:
        """Answer a quiz's question with the options at these positions."""
        chosen = [question["options"][choice]["id"] for choice in choices]
        path = f"/v1/quiz-questions/{question['id']}/answer"
        return await self.call("PUT", path, participant.token, {"option_ids": chosen, **fields})

    async def ask(self, participant: Participant, event: Json, body: str, **fields: Any) -> Json:
        """Ask a question."""
        path = f"/v1/events/{event['id']}/questions"
        asked = await self.call("POST", path, participant.token, {"body": body, **fields})
        return _ok(asked, 201)

    async def changes(
        self, event: Json, since: str | None = None, token: str | None = None
    ) -> Json:
        """Read one page of the feed: the public's, or the staff's with a token."""
        params = {"audience": "staff"} if token else {}
        if since is not None:
            params["since"] = since
        path = f"/v1/events/{event['id']}/changes"
        return _ok(await self.call("GET", path, token, params=params))


@dataclass
class FeedReader:
    """A client's state of one feed, kept by polling."""

    api: Api
    event: Json
    token: str | None = None
    cursor: str | None = None
    state: dict[tuple[str, str], Json] = field(default_factory=dict)

    async def poll(self) -> list[Json]:
        """Apply what changed, page after page; return it."""
        applied: list[Json] = []
        more = True
        while more:
            page = await self.api.changes(self.event, self.cursor, self.token)
            self.apply(page)
            applied += page["changes"]
            more = page["more"]
        return applied

    def apply(self, page: Json) -> None:
        """Apply one page, as a client must."""
        if page["reset"]:
            self.state.clear()
        for change in page["changes"]:
            key = (change["type"], change["id"])
            if change["data"] is None:
                self.state.pop(key, None)
            else:
                self.state[key] = change["data"]
        self.cursor = page["cursor"]


def quiz_question(*labels: str, right: tuple[int, ...] = (0,), **fields: Any) -> Json:
    """Return a question to make a quiz with; the options at the positions `right` are right."""
    options = [
        {"label": label, "correct": position in right}
        for position, label in enumerate(labels or ("Paris", "Lyon", "Nice"))
    ]
    timed = {"time_limit_s": 600, **fields}
    return {"prompt": "What is the capital of France?", "options": options, **timed}


def _ok(response: httpx.Response, status: int = 200) -> Json:
    assert response.status_code == status, response.text
    body: Json = response.json()
    return body
