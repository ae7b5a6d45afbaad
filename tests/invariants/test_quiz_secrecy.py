"""I6 of a quiz: before the reveal no byte that a participant can get tells what is right.

Two quizzes are played side by side that differ in nothing but what is right. Whoever may not know it
must not be able to tell them apart: every answer to every call, headers and all, is the same but for
ids and times.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.support.api import Api, Json, Participant, quiz_question
from tests.support.feed import publish_now
from tests.support.public_bytes import public_bytes
from tests.support.tables import query

LABELS = ("Paris", "Lyon", "Nice")
# What the words for it are, whatever else they stand in.
TELLTALE = re.compile(
    rb'correct(?!"\s*:\s*null)|right|tallies|"answered"|streak":[1-9]', re.IGNORECASE
)
_ID = re.compile(rb"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|[0-9a-f]{32}")
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass
class Hall:
    """One quiz, and all that its participants were answered before the reveal."""

    api: Api
    event: Json
    quiz: Json
    players: Sequence[Participant]
    answers: list[bytes] = field(default_factory=list)

    async def call(
        self, method: str, path: str, who: Participant | None, body: Json | None = None
    ) -> httpx.Response:
        """Make a call, and keep the whole answer."""
        answer = await self.api.call(method, path, who.token if who else None, body)
        head = b"".join(name + b":" + value + b"\n" for name, value in answer.headers.raw)
        self.answers.append(f"{method} {answer.status_code}\n".encode() + head + answer.content)
        return answer

    async def look_at_everything(self) -> None:
        """Make every call that a participant or a stranger can make."""
        event, quiz = f"/v1/events/{self.event['id']}", f"/v1/quizzes/{self.quiz['id']}"
        for who in (None, *self.players):
            for path in (
                f"{event}/changes",
                f"{event}/changes?audience=staff",
                f"{event}/me",
                event,
                f"{event}/export",
                quiz,
                f"{quiz}/leaderboard",
            ):
                await self.call("GET", path, who)
            await self.call("PATCH", quiz, who, {"action": "reveal"})
            await self.call("POST", f"{event}/clock", who, {})
            for question in self.quiz["questions"]:
                answer = f"/v1/quiz-questions/{question['id']}/answer"
                await self.call("PUT", answer, who, {"option_ids": [self.event["id"]]})

    async def answer(self, number: int) -> None:
        """Let everyone answer, each with other options, once more and then differently."""
        question = self.quiz["questions"][number]
        path = f"/v1/quiz-questions/{question['id']}/answer"
        for place, player in enumerate(self.players):
            for choices in ((place,), (place,), ((place + 1) % 3,)):
                chosen = [question["options"][choice]["id"] for choice in choices]
                await self.call("PUT", path, player, {"option_ids": chosen})
        await publish_now(self.event)


@asynccontextmanager
async def hall(api: Api, *right: tuple[int, ...]) -> AsyncIterator[Hall]:
    """Yield a hall whose quiz has these right options, one set for each question."""
    event = await api.make_event()
    questions = [quiz_question(*LABELS, right=each) for each in right]
    quiz = await api.make_quiz(event, *questions, run=())
    players = [await api.join(event, "Grace") for _ in range(3)]
    yield Hall(api, event, quiz, players)


def _anonymous(answer: bytes) -> bytes:
    """Return an answer without ids, times and what is random or signed in it."""
    answer = _TIME.sub(b"TIME", _ID.sub(b"ID", answer))
    answer = re.sub(rb'"stamp":"[^"]*"', b'"stamp":"S"', answer)
    answer = re.sub(rb"(?m)^(x-request-id|etag|date|age): ?.*$", rb"\1", answer)
    answer = re.sub(rb'"round_trip_ms":\d+', b'"round_trip_ms":0', answer)
    answer = re.sub(rb'"join_code":"\w{6}"', b'"join_code":"CODE"', answer)
    # Sizes only of what is compressed or counted with times in it: they hold no fewer digits.
    answer = re.sub(rb"(?m)^content-length: ?\d+$", b"content-length", answer)
    return re.sub(rb"[0-9a-f]{1,8}-[ps]-\d+", b"CURSOR", answer)


async def test_quizzes_that_differ_in_what_is_right_look_the_same_until_the_reveal(
    api: Api,
) -> None:
    async with hall(api, (0,), (0, 1)) as one, hall(api, (2,), (1,)) as other:
        for each in (one, other):
            await each.look_at_everything()
            await api.run_quiz(each.quiz, "start")
            await each.look_at_everything()
            await api.run_quiz(each.quiz, "next")
            await each.answer(0)
            await each.look_at_everything()
        seen = [_anonymous(answer) for answer in one.answers]
        assert seen == [_anonymous(answer) for answer in other.answers]
        assert len(seen) > 100
        for answer in one.answers:
            assert not TELLTALE.search(answer), answer


async def test_of_a_question_that_is_revealed_the_next_one_tells_nothing(api: Api) -> None:
    async with hall(api, (0,), (0, 1)) as one, hall(api, (0,), (2,)) as other:
        for each in (one, other):
            await api.run_quiz(each.quiz, "start")
            await api.run_quiz(each.quiz, "next")
            await each.answer(0)
            await api.run_quiz(each.quiz, "reveal")
            await api.run_quiz(each.quiz, "next")
            await each.answer(1)
            await each.look_at_everything()
        assert [_anonymous(answer) for answer in one.answers] == [
            _anonymous(answer) for answer in other.answers
        ]


async def test_what_is_not_shown_yet_is_in_no_public_byte(api: Api) -> None:
    event = await api.make_event()
    hidden = quiz_question("secret-one", "secret-two", prompt="secret-prompt")
    quiz = await api.make_quiz(event, quiz_question(), hidden)
    later = quiz["questions"][1]
    shown = await public_bytes(api, event, cursors=[None], ids=[quiz["id"], later["id"]])
    ids = [later["id"], *(option["id"] for option in later["options"])]
    for marker in ("secret-one", "secret-two", "secret-prompt", *ids):
        # The stranger's own calls name the question's id in no answer.
        assert marker.encode() not in shown


async def test_the_ids_of_options_have_no_order(api: Api) -> None:
    event = await api.make_event()
    sorted_ = 0
    for _ in range(4):
        questions = [quiz_question(*map(str, range(10))) for _ in range(10)]
        quiz = await api.make_quiz(event, *questions, run=())
        for question in quiz["questions"]:
            ids = [option["id"] for option in question["options"]]
            sorted_ += ids == sorted(ids)
    assert sorted_ == 0


async def test_the_reveal_tells_what_was_hidden(api: Api) -> None:
    # So that the words searched for above are the ones that would tell.
    async with hall(api, (0,)) as one:
        for action in ("start", "next", "reveal"):
            await api.run_quiz(one.quiz, action)
        await one.call("GET", f"/v1/events/{one.event['id']}/changes", None)
        assert TELLTALE.search(one.answers[-1])
        [(body,)] = await query(
            "SELECT body FROM feed_entries WHERE event_id = :id AND audience = 'public'"
            " AND type = 'quiz'",
            id=one.event["id"],
        )
        assert TELLTALE.search(body.encode())
