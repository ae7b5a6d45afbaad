"""I1 and I2 of reactions: whatever is killed, each acknowledged one is counted, and once.

What is sent again counts again, so a request that got no answer may have been counted or not: that
much, and no more, may a participant's row hold beside what was acknowledged.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import get_args

import pytest

from shared.reactions.values import ReactionKind
from tests.crash.burst import VOTES, Burst, Voter
from tests.crash.counting import check_shown
from tests.crash.deployment import Deployment
from tests.crash.strikes import Strike, each_strike
from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.tables import query

pytestmark = pytest.mark.crash

MOST_AT_ONCE = 20


@dataclass
class Reactor(Voter):
    """Somebody who reacts once or twice; what it sent adds up."""

    counted: Counter[str] = field(default_factory=Counter)

    def settle(self, wish: Json) -> None:
        """Take in that reactions were acknowledged; what got no answer may still have been counted."""
        self.acknowledged = wish
        self.counted[wish["kind"]] += wish["count"]

    def may_stand(self) -> Sequence[Json]:
        """Return what its row may hold: all that was acknowledged, with none, some or all of the rest."""
        sums = [dict(self.counted)]
        for wish in self.unsettled:
            sums += [
                also
                for each in sums
                if (also := {**each, wish["kind"]: each.get(wish["kind"], 0) + wish["count"]})
                not in sums
            ]
        return sums


@dataclass
class ReactionBurst(Burst):
    """A hall that reacts at once; the event stands where a poll does."""

    accepted: int = 202

    def request(self, voter: Voter, wish: Json) -> bytes:
        """Return the bytes of reactions."""
        body = json.dumps(wish)
        return (
            f"POST /v1/events/{voter.poll['id']}/reactions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {voter.participant.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def prepare_reactions(deployment: Deployment, *, seed: int) -> tuple[Json, ReactionBurst]:
    """Return a live event, and a burst of participants who react once or twice."""

    async def make(api: Api) -> tuple[Json, ReactionBurst]:
        event, chance = await api.make_event(), Random(seed)
        reactors = [
            Reactor(person, event, [_wish(chance) for _ in range(chance.choice([1, 1, 2]))])
            for person in await crowd(event, VOTES)
        ]
        return event, ReactionBurst(deployment.port, [event], reactors)

    return deployment.run(make)


def _wish(chance: Random) -> Json:
    return {
        "kind": chance.choice(get_args(ReactionKind)),
        "count": chance.randint(1, MOST_AT_ONCE),
    }


async def settle(api: Api, event: Json) -> dict[str, Json]:
    """Wait until the feed shows what the rows add up to; return whose row holds what."""
    await check_shown(api, event)
    rows = await query(
        "SELECT participant_id, counts FROM reactions WHERE event_id = :id", id=event["id"]
    )
    return {str(participant_id): counts for participant_id, counts in rows}


@each_strike
def test_reactions_survive_whatever_is_killed_and_count_once(
    deployment: Deployment, strike: Strike
) -> None:
    event, burst = prepare_reactions(deployment, seed=21)
    with burst.under_way():
        for time in range(3):
            burst.wait_for_acknowledged((time + 1) * VOTES // 4)
            strike(deployment)
    deployment.wait_until_ready()
    rows = deployment.run(lambda api: settle(api, event))

    assert burst.statuses[202] == sum(len(voter.wishes) for voter in burst.voters)
    assert len(rows) == len(burst.voters)
    wrong = {
        voter.participant.id: (voter, rows[voter.participant.id])
        for voter in burst.voters
        if rows[voter.participant.id] not in voter.may_stand()
    }
    assert not wrong, wrong
    # Nearly everyone was told, so nearly every row is known to the last clap.
    assert sum(bool(voter.unsettled) for voter in burst.voters) < VOTES / 4
