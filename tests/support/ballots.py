"""Writing votes and upvotes below HTTP: the statements of one batch, as a worker's queue sends them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.errors import OvationError
from shared.identity.principals import ParticipantPrincipal
from shared.polls.kinds import count_vote
from shared.polls.kinds.base import PollDefinition
from shared.polls.vote_schemas import CastVote
from shared.polls.votes import VoteWrite, write_votes
from tests.support.api import Json


def participant(event: Json, number: int, display_name: str | None = None) -> ParticipantPrincipal:
    """Return the event's participant of this number; they lie in the order of their numbers."""
    base = UUID(event["id"]).int & ~0xFFFFFF
    return ParticipantPrincipal(UUID(int=base | number), UUID(event["id"]), display_name)


def ballot(poll: Json, voter: ParticipantPrincipal, *choices: int) -> VoteWrite:
    """Return a vote for the options at these positions; for none, a retraction."""
    chosen = [poll["options"][choice]["id"] for choice in choices]
    return answer(poll, voter, {"option_ids": chosen} if chosen else None)


def answer(poll: Json, voter: ParticipantPrincipal, vote: Json | None) -> VoteWrite:
    """Return a vote in a poll of any kind; None to retract it."""
    definition = PollDefinition(
        UUID(poll["id"]),
        UUID(poll["event_id"]),
        poll["kind"],
        tuple(UUID(option["id"]) for option in poll["options"]),
        poll["max_choices"],
        poll["scale"]["steps"] if poll["scale"] else 0,
    )
    counted = count_vote(definition, CastVote.model_validate(vote)) if vote else None
    return VoteWrite(definition.id, voter, counted)


async def accepted(writes: Sequence[VoteWrite]) -> list[datetime | None]:
    """Write one batch; assert that nothing of it was refused."""
    outcomes = await write_votes(writes)
    refused = [outcome for outcome in outcomes if isinstance(outcome, OvationError)]
    assert not refused, refused
    return [outcome for outcome in outcomes if not isinstance(outcome, OvationError)]
