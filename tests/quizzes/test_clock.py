"""The measured round trip: what an honest client is credited with, and what a liar is not."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.quizzes.stamps import MOST_CREDIT_MS, Stamp, credit_ms, next_stamp, sign_stamp
from tests.support.api import Api, Json, Participant, quiz_question
from tests.support.tables import fingerprint, query

WHO, ANOTHER = (UUID(f"0197f6a0-c0de-7000-8000-00000000000{digit}") for digit in "78")
NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)


def ms(count: float) -> timedelta:
    return timedelta(milliseconds=count)


async def stamp_of(*round_trips: int, who: UUID = WHO) -> tuple[str, datetime]:
    """Return the stamp after so many readings whose round trips took so long, and when it was made."""
    now = NOW
    text = await sign_stamp(who, await next_stamp(who, None, now))
    for took in round_trips:
        now += ms(took)
        text = await sign_stamp(who, await next_stamp(who, text, now))
    return text, now


async def read(api: Api, event: Json, player: Participant, stamp: str | None = None) -> Json:
    body = {} if stamp is None else {"stamp": stamp}
    answer = await api.call("POST", f"/v1/events/{event['id']}/clock", player.token, body)
    assert answer.status_code == 200, answer.text
    reading: Json = answer.json()
    return reading


async def test_a_reading_tells_the_servers_time_and_writes_nothing(api: Api) -> None:
    event = await api.make_event()
    player = await api.join(event)
    before = await fingerprint()
    started = datetime.now(UTC)
    first = await read(api, event, player)
    assert started <= datetime.fromisoformat(first["server_time"]) <= datetime.now(UTC)
    assert first["round_trip_ms"] is None
    assert await fingerprint() == before


async def test_the_shortest_round_trip_is_measured_by_the_servers_clock(api: Api) -> None:
    event = await api.make_event()
    player = await api.join(event)
    first = await read(api, event, player)
    await asyncio.sleep(0.2)
    slow = await read(api, event, player, first["stamp"])
    quick = await read(api, event, player, slow["stamp"])
    await asyncio.sleep(0.2)
    slow_again = await read(api, event, player, quick["stamp"])
    assert 200 <= slow["round_trip_ms"] < 1_000
    assert quick["round_trip_ms"] < 200
    assert slow_again["round_trip_ms"] == quick["round_trip_ms"]


@pytest.mark.parametrize(
    ("round_trips", "credit"),
    [
        ((), 0),
        ((120,), 120),
        ((300, 90, 200), 90),
        ((900,), MOST_CREDIT_MS),
        ((2_001,), 0),
        ((80, 60_000), 80),
    ],
)
async def test_the_credit_is_the_shortest_round_trip_within_a_bound(
    round_trips: tuple[int, ...], credit: int
) -> None:
    text, now = await stamp_of(*round_trips)
    assert await credit_ms(WHO, text, now) == credit


async def test_no_credit_without_a_stamp_of_ones_own(database_url: str) -> None:
    text, now = await stamp_of(120)
    made, shortest, signature, key_id = text.split(".")
    future = await sign_stamp(WHO, Stamp(int(made) + 3_600_000, 120))
    for stamp in (
        None,
        "",
        "...",
        "1.2.3",
        "\u0661.\u0661.\u0661.\u0661",
        f"{made}.499.{signature}.{key_id}",
        f"{int(made) - 400}.{shortest}.{signature}.{key_id}",
        f"{made}.{shortest}.{signature}.unknown",
        f"{made}.{shortest}.{signature[:-1]}.{key_id}",
        (await stamp_of(120, who=ANOTHER))[0],
    ):
        assert await credit_ms(WHO, stamp, now) == 0, stamp
    assert await credit_ms(WHO, text, now + timedelta(minutes=16)) == 0
    assert (await next_stamp(WHO, future, now)).round_trip_ms == 120


async def test_an_answer_is_credited_with_the_measured_round_trip(api: Api) -> None:
    event = await api.make_event()
    slow, quick = [await api.join(event) for _ in range(2)]
    stamp = (await read(api, event, slow))["stamp"]
    for _ in range(3):
        await asyncio.sleep(0.3)
        stamp = (await read(api, event, slow, stamp))["stamp"]
    quiz = await api.make_quiz(event)
    question = quiz["questions"][0]
    await asyncio.sleep(0.6)
    await api.choose(quick, question, 0)
    await api.choose(slow, question, 0, stamp=stamp)
    rows = await query(
        "SELECT participant_id, response_ms FROM quiz_answers WHERE question_id = :id",
        id=question["id"],
    )
    took = {str(participant): response_ms for participant, response_ms in rows}
    assert 250 <= took[quick.id] - took[slow.id] <= 400


async def test_a_credit_does_not_make_an_answer_faster_than_the_opening(api: Api) -> None:
    event = await api.make_event()
    player = await api.join(event)
    stamp = await sign_stamp(
        UUID(player.id), Stamp(int(datetime.now(UTC).timestamp() * 1000), MOST_CREDIT_MS)
    )
    question = (await api.make_quiz(event))["questions"][0]
    assert (await api.choose(player, question, 0, stamp=stamp)).status_code == 200
    [(response_ms,)] = await query(
        "SELECT response_ms FROM quiz_answers WHERE participant_id = :id", id=player.id
    )
    assert response_ms == 0


async def test_an_answer_that_was_sent_in_time_over_a_slow_network_is_not_too_late(
    api: Api,
) -> None:
    event = await api.make_event()
    slow, quick = [await api.join(event) for _ in range(2)]
    question = (await api.make_quiz(event, quiz_question(time_limit_s=1)))["questions"][0]
    stamp = await sign_stamp(
        UUID(slow.id), Stamp(int(datetime.now(UTC).timestamp() * 1000), MOST_CREDIT_MS)
    )
    await asyncio.sleep(1.1)
    assert (await api.choose(quick, question, 0)).status_code == 409
    assert (await api.choose(slow, question, 0, stamp=stamp)).status_code == 200


async def test_a_stamp_that_is_none_loses_no_answer(api: Api) -> None:
    event = await api.make_event()
    player = await api.join(event)
    question = (await api.make_quiz(event))["questions"][0]
    assert (await api.choose(player, question, 0, stamp="nonsense")).status_code == 200
