"""Rating: a vote is one step of a scale; shown are the votes of every step, and their mean."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.errors import FieldError, InvalidRequest
from shared.polls.kinds.base import (
    VOTERS,
    Counted,
    CountedBallot,
    KindDefaults,
    NewPoll,
    PollDefinition,
    PublishedResults,
    Scale,
    counted_ballot,
)
from shared.schemas import Response, WholeNumber


class RatingBallot(Response):
    """The step that a participant chose."""

    rating: int


class RatingTally(Response):
    """How many votes one step has."""

    rating: int
    votes: int


class RatingResults(PublishedResults):
    """Votes of a rating."""

    tallies: list[RatingTally] = Field(description="One per step, from 1")
    mean: float | None = Field(description="Not rounded; null without a vote")


def _counter(rating: int) -> str:
    return f"rating:{rating}"


@lru_cache(maxsize=4_096)
def _count(steps: int, rating: int) -> CountedBallot:
    if rating > steps:
        raise InvalidRequest([FieldError(("body", "rating"), f"must be at most {steps}")])
    return counted_ballot(RatingBallot(rating=rating), {VOTERS: 1, _counter(rating): 1})


def mean(votes: Mapping[int, int]) -> float | None:
    """Return the mean of ratings by how many votes each has, None for none."""
    total = sum(votes.values())
    return sum(rating * count for rating, count in votes.items()) / total if total else None


class Rating(KindDefaults):
    """One step of the poll's scale."""

    field = "rating"
    answer = Annotated[WholeNumber, Field(ge=1, le=10)]
    ballot = RatingBallot
    results = (RatingResults,)

    def check_definition(self, poll: NewPoll) -> list[FieldError]:
        """Refuse options and choices."""
        return [error for error in super().check_definition(poll) if error.location[1] != "scale"]

    def scale(self, poll: NewPoll) -> Scale | None:
        """Return what was asked for, or five steps."""
        return poll.scale or Scale()

    def count(self, poll: PollDefinition, answer: int) -> CountedBallot:
        """Count the voter once, and the step once."""
        return _count(poll.steps, answer)

    def publish(self, counted: Counted) -> RatingResults:
        """Return every step's votes, zeros included, and the mean."""
        votes = {
            rating: counted.counts.get(_counter(rating), 0)
            for rating in range(1, counted.steps + 1)
        }
        tallies = [RatingTally(rating=rating, votes=count) for rating, count in votes.items()]
        return RatingResults(**counted.common(), tallies=tallies, mean=mean(votes))

    def export_row(self, labels: Mapping[UUID, str], ballot: Mapping[str, Any]) -> Sequence[int]:
        """Return the step."""
        return [ballot["rating"]]
