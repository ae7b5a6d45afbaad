"""What a kind of poll decides: what may be asked, what may be voted, and how it is counted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.errors import FieldError
from shared.polls.schemas import Ballot, CastVote, CreatePoll, OptionTally

# The counter that every kind moves by one per vote.
VOTERS = "voters"


@dataclass(frozen=True, slots=True)
class PollDefinition:
    """What of a poll never changes once it is made, so that a process may keep it."""

    id: UUID
    event_id: UUID
    kind: str
    option_ids: tuple[UUID, ...]
    max_choices: int


@dataclass(frozen=True, slots=True)
class CountedBallot:
    """A valid ballot in its one normal form, and the counter moves that it makes."""

    ballot: Ballot
    counts: Mapping[str, int]
    ballot_json: str
    counts_json: str


def counted_ballot(ballot: Ballot, counts: Mapping[str, int]) -> CountedBallot:
    """Return the ballot with what the vote's row will hold, encoded once."""
    return CountedBallot(ballot, counts, ballot.model_dump_json(), json.dumps(dict(counts)))


class Kind(Protocol):
    """The rules of one kind: pure functions on values."""

    def check_definition(self, request: CreatePoll) -> list[FieldError]:
        """Return what is wrong with a new poll of this kind."""

    def max_choices(self, request: CreatePoll) -> int:
        """Return how many options one vote may hold."""

    def count(self, poll: PollDefinition, vote: CastVote) -> CountedBallot:
        """Return the vote as it is stored and counted; raise `InvalidRequest` when it breaks a rule."""

    def tallies(self, option_ids: Sequence[UUID], tally: Mapping[str, int]) -> list[OptionTally]:
        """Return the published result from the counters' sums."""
