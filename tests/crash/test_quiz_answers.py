"""I1 to I3 of quiz answers: whatever is killed, each acknowledged one is there once, and is scored."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from threading import Event

import pytest

from tests.crash.burst import REPEATED, VOTES, Burst, Voter
from tests.crash.deployment import Deployment
from tests.crash.strikes import Strike, each_strike
from tests.support.api import Api, Json
from tests.support.crowd import crowd, insistently
from tests.support.feed import publish_now
from tests.support.quiz_recount import check_quiz
from tests.support.recount import check_exact
from tests.support.tables import query

pytestmark = pytest.mark.crash


@dataclass
class AnswerBurst(Burst):
    """A hall that answers a quiz's question at once; that stands where a poll does in `polls`."""

    def request(self, voter: Voter, wish: Json) -> bytes:
        """Return the bytes of an answer."""
        body = json.dumps(wish)
        return (
            f"PUT /v1/quiz-questions/{voter.poll['id']}/answer HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {voter.participant.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def prepare_quiz(deployment: Deployment, *, seed: int) -> tuple[Json, Json, AnswerBurst]:
    """Return a live event, its quiz, and a burst of players who answer, some of them twice the same."""

    async def make(api: Api) -> tuple[Json, Json, AnswerBurst]:
        event = await api.make_event()
        quiz = await api.make_quiz(event)
        question, chance = quiz["questions"][0], Random(seed)
        players = []
        for person in await crowd(event, VOTES):
            wish = {"option_ids": [chance.choice(question["options"])["id"]]}
            times = 2 if chance.random() < REPEATED else 1
            players.append(Voter(person, question, [wish] * times))
        return event, quiz, AnswerBurst(deployment.port, [question], players)

    return deployment.run(make)


async def reveal(api: Api, quiz: Json) -> None:
    """Reveal what is right, whatever it takes."""
    path, body = f"/v1/quizzes/{quiz['id']}", {"action": "reveal"}
    revealed = await insistently(lambda: api.call("PATCH", path, api.organizer_key, body))
    assert revealed.status_code == 200, revealed.text
    assert revealed.json()["state"] == "reveal"


async def settle(api: Api, event: Json, quiz: Json) -> dict[str, Json]:
    """Assert that every count and score is the rows'; return whose row has which answer."""
    await publish_now(event)
    await check_exact(api, event)
    await check_quiz(api, event, quiz)
    rows = await query(
        "SELECT participant_id, option_ids FROM quiz_answers WHERE question_id = :id",
        id=quiz["questions"][0]["id"],
    )
    return {str(participant): {"option_ids": chosen} for participant, chosen in rows}


@each_strike
def test_answers_survive_whatever_is_killed_and_are_scored_once(
    deployment: Deployment, strike: Strike
) -> None:
    event, quiz, burst = prepare_quiz(deployment, seed=11)
    with burst.under_way():
        burst.wait_for_acknowledged(VOTES // 3)
        strike(deployment)
    deployment.wait_until_ready()
    assert burst.statuses[409] == 0
    deployment.run(lambda api: reveal(api, quiz))
    rows = deployment.run(lambda api: settle(api, event, quiz))
    assert rows == {voter.participant.id: voter.wishes[0] for voter in burst.voters}


@pytest.mark.parametrize(
    "meanwhile",
    [lambda _: None, lambda deployment: deployment.kill_worker(0), Deployment.restart_database],
    ids=["nothing", "a killed process", "a killed database"],
)
def test_a_reveal_amid_a_burst_scores_all_that_was_acknowledged_and_nothing_else(
    deployment: Deployment, meanwhile: Strike
) -> None:
    event, quiz, burst = prepare_quiz(deployment, seed=12)
    begun = Event()

    async def begin(api: Api) -> None:
        begun.set()
        await reveal(api, quiz)

    with burst.under_way():
        burst.wait_for_acknowledged(VOTES // 3)
        with ThreadPoolExecutor(1) as thread:
            revealing = thread.submit(deployment.run, begin)
            assert begun.wait(10)
            meanwhile(deployment)
            revealing.result()
    deployment.wait_until_ready()
    assert burst.statuses[409] > 0
    rows = deployment.run(lambda api: settle(api, event, quiz))
    for voter in burst.voters:
        assert rows.get(voter.participant.id) in voter.may_stand(), voter
