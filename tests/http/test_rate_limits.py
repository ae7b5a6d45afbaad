"""How fast a participant and an address may be: bursts, refills, and nobody pays for another."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import RateLimited
from shared.http import rate_limits
from shared.http.rate_limits import TokenBucket
from shared.settings import get_settings
from tests.support.addresses import client_elsewhere
from tests.support.api import Api, Json, Participant
from tests.support.problems import check_problem
from tests.support.settings import changed_settings
from tests.support.stage import set_stage
from tests.support.tables import fingerprint

LIMITS = (
    rate_limits.PARTICIPANT_WRITES,
    rate_limits.ADDRESS_JOINS,
    rate_limits.ADDRESS_BAD_CREDENTIALS,
)


@dataclass
class Clock:
    """A clock that stands still unless it is moved; in seconds."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def forget_limits() -> None:
    """Let every limit be made anew, from the settings as they are."""
    for limit in LIMITS:
        limit.pop()


@pytest.fixture
async def clock(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clock]:
    """The clock that all limits go by within a test."""
    standing = Clock()
    monkeypatch.setattr(rate_limits, "TokenBucket", partial(TokenBucket, clock=standing))
    forget_limits()
    yield standing
    forget_limits()


async def upvote(api: Api, voter: Participant, question: Json) -> httpx.Response:
    return await api.call("PUT", f"/v1/questions/{question['id']}/upvote", voter.token)


async def question_in(api: Api, event: Json) -> Json:
    return await api.ask(await api.join(event), event, "How fast?")


async def test_a_participant_writes_twenty_times_at_once_then_ten_times_a_second(
    api: Api, clock: Clock
) -> None:
    event = await api.make_event()
    question, voter = await question_in(api, event), await api.join(event)

    async def written(attempts: int) -> int:
        answers = [await upvote(api, voter, question) for _ in range(attempts)]
        assert {answer.status_code for answer in answers} <= {200, 429}
        return [answer.status_code for answer in answers].count(200)

    assert await written(25) == 20
    clock.now += 0.1
    assert await written(3) == 1
    clock.now += 1
    assert await written(15) == 10
    clock.now += 60
    assert await written(25) == 20


async def test_too_fast_is_429_with_a_time_to_wait_and_changes_nothing(
    api: Api, clock: Clock
) -> None:
    event = await api.make_event()
    question, voter = await question_in(api, event), await api.join(event)
    poll = await api.make_poll(event)
    for _ in range(20):
        await upvote(api, voter, question)
    before = await fingerprint()

    path = f"/v1/events/{event['id']}/questions"
    refused = [
        await upvote(api, voter, question),
        await api.call("DELETE", f"/v1/questions/{question['id']}/upvote", voter.token),
        await api.vote(voter, poll, 0),
        await api.call("DELETE", f"/v1/polls/{poll['id']}/vote", voter.token),
        await api.call("POST", path, voter.token, {"body": "Too fast?"}),
    ]

    for answer in refused:
        check_problem(answer, 429, "rate_limited")
        assert answer.headers["retry-after"] == "1"
    assert await fingerprint() == before
    clock.now += int(refused[0].headers["retry-after"])
    assert (await api.vote(voter, poll, 0)).status_code == 200


async def test_all_writes_of_a_participant_share_one_limit(api: Api, clock: Clock) -> None:
    event = await api.make_event()
    question, voter = await question_in(api, event), await api.join(event)
    poll = await api.make_poll(event)

    for _ in range(10):
        assert (await upvote(api, voter, question)).status_code == 200
        assert (await api.vote(voter, poll, 0)).status_code == 200

    check_problem(await api.vote(voter, poll, 1), 429)
    # Also a request that the short way does not take.
    long_way = {"headers": {"Content-Type": "application/vnd.api+json"}}
    vote = {"option_ids": [poll["options"][0]["id"]]}
    path = f"/v1/polls/{poll['id']}/vote"
    check_problem(await api.call("PUT", path, voter.token, vote, **long_way), 429)


async def test_one_participants_limit_is_nobody_elses(api: Api, clock: Clock) -> None:
    event = await api.make_event()
    question = await question_in(api, event)
    greedy, other = await api.join(event), await api.join(event)
    for _ in range(40):
        await upvote(api, greedy, question)

    assert (await upvote(api, other, question)).status_code == 200
    assert (await api.call("GET", f"/v1/events/{event['id']}/me", greedy.token)).is_success
    assert (await api.call("GET", f"/v1/events/{event['id']}/changes", greedy.token)).is_success


async def test_the_staff_has_no_limit_of_writes(api: Api, clock: Clock) -> None:
    stage = await set_stage(api)

    for role in ("organizer", "host", "moderator"):
        answers = [await stage.call("update_poll", stage.tokens[role]) for _ in range(22)]
        assert {answer.status_code for answer in answers} == {200}


async def test_the_settings_say_how_fast(api: Api, clock: Clock) -> None:
    event = await api.make_event()
    question, voter = await question_in(api, event), await api.join(event)

    with changed_settings(participant_writes_per_s=2):
        forget_limits()
        answers = [(await upvote(api, voter, question)).status_code for _ in range(6)]

    assert answers == [200] * 4 + [429] * 2


def test_the_limits_are_those_of_the_contract() -> None:
    settings = get_settings()

    assert settings.participant_writes_per_s == 10
    assert settings.address_joins_per_s == 200
    assert settings.address_bad_credentials_per_s == 200


async def test_joins_are_limited_by_address(api: Api, clock: Clock) -> None:
    event = await api.make_event()
    body = {"join_code": event["join_code"]}

    with changed_settings(address_joins_per_s=5):
        forget_limits()
        hall, elsewhere = client_elsewhere(), client_elsewhere()
        joins = [await hall.post("/v1/join", json=body) for _ in range(7)]
        assert [join.status_code for join in joins] == [200] * 5 + [429] * 2
        check_problem(joins[-1], 429, "rate_limited")
        assert (await elsewhere.post("/v1/join", json=body)).status_code == 200
        clock.now += 0.2
        assert (await hall.post("/v1/join", json=body)).status_code == 200
        assert (await hall.post("/v1/join", json=body)).status_code == 429


async def test_guessing_join_codes_is_limited_too(api: Api, clock: Clock) -> None:
    with changed_settings(address_joins_per_s=5):
        forget_limits()
        hall = client_elsewhere()
        guesses = [await hall.post("/v1/join", json={"join_code": "222222"}) for _ in range(7)]

    assert [guess.status_code for guess in guesses] == [404] * 5 + [429] * 2


async def test_a_client_cannot_choose_the_address_it_is_counted_by(api: Api, clock: Clock) -> None:
    event = await api.make_event()

    async def joins(hops: int) -> list[int]:
        """Join six times, each time claiming another address in front of the last one."""
        with changed_settings(address_joins_per_s=5, trusted_proxy_hops=hops):
            forget_limits()
            hall = client_elsewhere()
            statuses = []
            for number in range(6):
                forwarded = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"}
                body = {"join_code": event["join_code"]}
                joined = await hall.post("/v1/join", json=body, headers=forwarded)
                statuses.append(joined.status_code)
            return statuses

    assert await joins(0) == [200] * 5 + [429]
    assert await joins(1) == [200] * 5 + [429]
    assert await joins(2) == [200] * 6


async def test_bad_credentials_are_limited_by_address_and_good_ones_are_not(
    api: Api, clock: Clock
) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}"

    with changed_settings(address_bad_credentials_per_s=4):
        forget_limits()
        guesser, elsewhere = client_elsewhere(), client_elsewhere()
        bad = ["ovk_guess", "ovm_guess", "ovp_guess", "guess", "ovk_again", "ovp_again"]
        answers = [await Api(guesser, "").call("GET", path, token) for token in bad]
        assert [answer.status_code for answer in answers] == [401] * 4 + [429] * 2
        check_problem(answers[-1], 429, "rate_limited")

        good = await Api(guesser, "").call("GET", path, api.organizer_key)
        assert good.status_code == 200
        check_problem(await Api(elsewhere, "").call("GET", path, "ovk_guess"), 401)
        clock.now += 0.25
        check_problem(await Api(guesser, "").call("GET", path, "ovk_guess"), 401)


async def test_asking_without_a_credential_is_no_guess(api: Api, clock: Clock) -> None:
    with changed_settings(address_bad_credentials_per_s=2):
        forget_limits()
        somebody = client_elsewhere()
        answers = [await somebody.get("/v1/events") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [401] * 5


@given(
    rate=st.integers(1, 20),
    burst=st.integers(1, 40),
    steps=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3_000)), max_size=200),
)
def test_a_bucket_lets_through_what_a_bucket_of_tokens_would(
    rate: int, burst: int, steps: list[tuple[str, int]]
) -> None:
    clock, now_ms = Clock(0.0), 0
    bucket = TokenBucket(rate, burst, clock)
    tokens = dict.fromkeys("abc", Fraction(burst))
    for caller, wait_ms in steps:
        now_ms += wait_ms
        clock.now = now_ms / 1_000
        tokens = {
            each: min(Fraction(burst), left + Fraction(wait_ms * rate, 1_000))
            for each, left in tokens.items()
        }
        expected = tokens[caller] >= 1
        assert _lets_through(bucket, caller) is expected
        tokens[caller] -= expected


def _lets_through(bucket: TokenBucket, caller: str) -> bool:
    try:
        bucket.take(caller)
    except RateLimited as refused:
        assert refused.retry_after_s >= 1
        return False
    return True
