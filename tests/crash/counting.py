"""Setting a poll up for a burst, and counting again when the burst is over."""

from collections.abc import Collection, Mapping
from contextlib import suppress

from shared.polls.kinds import KINDS
from tests.crash.burst import VOTES, Burst, voters
from tests.crash.deployment import Deployment
from tests.support.api import Api, FeedReader, Json
from tests.support.crowd import crowd
from tests.support.kinds import make_poll
from tests.support.recount import check_exact, differences
from tests.support.tables import query
from tests.support.waiting import until


def prepare(
    deployment: Deployment,
    *,
    seed: int,
    votes: int = VOTES,
    wishes: int = 2,
    kinds: Collection[str] = KINDS,
) -> tuple[Json, Burst]:
    """Return a live event, and a burst of so many voters on open polls of these kinds.

    None of them has more than so many wishes.
    """

    async def make(api: Api) -> tuple[Json, Burst]:
        event = await api.make_event()
        polls = [await make_poll(api, event, kind) for kind in kinds]
        hall = voters(await crowd(event, votes), polls, seed)
        for voter in hall:
            del voter.wishes[wishes:]
        return event, Burst(deployment.port, polls, hall)

    return deployment.run(make)


def check_counted(deployment: Deployment, event: Json, burst: Burst) -> None:
    """Assert that what everyone was told is in the rows once, and that all counts are the rows'."""
    deployment.wait_until_ready()
    rows = deployment.run(lambda api: _settle(api, event))
    known = {voter.participant.id for voter in burst.voters}
    assert set(rows) <= known
    wrong = {
        voter.participant.id: (voter, rows.get(voter.participant.id))
        for voter in burst.voters
        if rows.get(voter.participant.id) not in voter.may_stand()
    }
    assert not wrong, wrong


async def check_shown(api: Api, event: Json) -> None:
    """Wait until the feed shows what the rows say; assert that all counts are the rows' then."""
    reader = FeedReader(api, event)

    async def is_shown() -> bool:
        await reader.poll()
        return await differences(event["id"]) == {}

    with suppress(TimeoutError):
        await until(is_shown)
    # What still differs says more than that the time is over.
    left = await differences(event["id"])
    assert not left, left
    await check_exact(api, event)


async def _settle(api: Api, event: Json) -> Mapping[str, Json]:
    """Wait until the feed shows what the rows say; return them: whose row, and which vote."""
    await check_shown(api, event)
    rows = await query(
        "SELECT vote.participant_id, vote.ballot FROM votes AS vote"
        " JOIN polls AS poll ON poll.id = vote.poll_id WHERE poll.event_id = :id",
        id=event["id"],
    )
    return {str(participant_id): ballot for participant_id, ballot in rows}
