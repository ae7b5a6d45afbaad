"""Many participants at once, each of whom remembers what it was told."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import httpx

from shared.identifiers import new_id
from shared.identity.principals import ParticipantPrincipal
from shared.identity.tokens import issue_participant_token
from shared.secrets import current_signing_keys
from tests.support.api import Api, Json, Participant
from tests.support.kinds import as_kept, random_vote
from tests.support.tables import query


async def crowd(event: Json, size: int, *, name: str | None = None) -> list[Participant]:
    """Return so many new participants, as joining would make them, past the limit on joining."""
    keys = await current_signing_keys()
    expires_at = int(time.time()) + 3_600
    principals = [ParticipantPrincipal(new_id(), UUID(event["id"]), name) for _ in range(size)]
    return [
        Participant(
            str(principal.participant_id),
            issue_participant_token(keys, principal, expires_at=expires_at),
        )
        for principal in principals
    ]


async def insistently(send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Send a request until it is answered, as a client does whose connection broke or got a 503."""
    async with asyncio.timeout(60):
        while True:
            try:
                response = await send()
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if response.status_code != 503:
                return response
            await asyncio.sleep(0.05)


@dataclass
class Voter:
    """Writes at random through any of the workers; `told` is what it last got a 200 for.

    By poll: its vote as it is kept, None when it took the vote back. By question: {} or None too.
    """

    participant: Participant
    told: dict[str, Json | None] = field(default_factory=dict)

    async def write(self, workers: list[Api], things: list[Json], chance: Random) -> None:
        """Cast, change or retract a vote or an upvote; sometimes say it once more, elsewhere."""
        thing = chance.choice(things)
        wish = None if chance.random() < 0.25 else _wish(thing, chance)
        first = await insistently(lambda: self._send(chance.choice(workers), thing, wish))
        assert first.status_code == 200, first.text
        self.told[thing["id"]] = wish and as_kept(thing, wish)
        if chance.random() < 0.3:
            again = await insistently(lambda: self._send(chance.choice(workers), thing, wish))
            assert again.status_code == 200, again.text

    async def _send(self, worker: Api, thing: Json, wish: Json | None) -> httpx.Response:
        method = "DELETE" if wish is None else "PUT"
        is_poll = "kind" in thing
        path = f"/v1/polls/{thing['id']}/vote" if is_poll else f"/v1/questions/{thing['id']}/upvote"
        body = wish if is_poll else None
        return await worker.call(method, path, self.participant.token, body)


def _wish(thing: Json, chance: Random) -> Json:
    return random_vote(thing, chance) if "kind" in thing else {}


async def written_by(participant: Participant) -> dict[str, Json | None]:
    """Return what the rows say of a participant, in the form of `Voter.told`, without what is None."""
    votes = await query(
        "SELECT poll_id, ballot FROM votes WHERE participant_id = :id", id=participant.id
    )
    upvotes = await query(
        "SELECT question_id FROM upvotes WHERE participant_id = :id", id=participant.id
    )
    written: dict[str, Json | None] = {str(poll_id): ballot for poll_id, ballot in votes}
    return written | {str(question_id): {} for (question_id,) in upvotes}
