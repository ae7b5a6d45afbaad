"""Ranking: a vote puts all options in order; of n options the first gets n points, the last one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.errors import FieldError, InvalidRequest
from shared.polls.kinds.base import (
    MAX_OPTIONS,
    VOTERS,
    Counted,
    CountedBallot,
    KindDefaults,
    NewPoll,
    PollDefinition,
    PublishedResults,
    counted_ballot,
    foreign_options,
    option_counter,
    option_errors,
)
from shared.schemas import Response


class RankingBallot(Response):
    """All options in the participant's order, the best first."""

    ranking: list[UUID]


class PointsTally(Response):
    """How many points one option has."""

    option_id: UUID
    points: int


class RankingResults(PublishedResults):
    """Points of a ranking."""

    tallies: list[PointsTally] = Field(description="One per option, in the poll's order")


class Ranking(KindDefaults):
    """All options, each once."""

    field = "ranking"
    answer = Annotated[list[UUID], Field(min_length=2, max_length=MAX_OPTIONS)]
    ballot = RankingBallot
    results = (RankingResults,)

    def check_definition(self, poll: NewPoll) -> list[FieldError]:
        """Refuse options that look the same, choices and a scale."""
        foreign = [each for each in super().check_definition(poll) if each.location[1] != "options"]
        return option_errors(poll) + foreign

    def max_choices(self, poll: NewPoll) -> int:
        """Return the number of options: a vote holds them all."""
        return len(poll.options)

    def count(self, poll: PollDefinition, answer: list[UUID]) -> CountedBallot:
        """Count the voter once, and for each option its points; refuse a ranking that leaves one out."""
        errors = foreign_options(poll, "ranking", answer)
        if not errors and sorted(answer) != sorted(poll.option_ids):
            errors.append(FieldError(("body", "ranking"), "must hold every option once"))
        if errors:
            raise InvalidRequest(errors)
        points = range(len(answer), 0, -1)
        counts = {option_counter(option_id): n for option_id, n in zip(answer, points, strict=True)}
        return counted_ballot(RankingBallot(ranking=answer), {VOTERS: 1, **counts})

    def publish(self, counted: Counted) -> RankingResults:
        """Return every option's points in the poll's order, zeros included."""
        tallies = [
            PointsTally(
                option_id=option_id, points=counted.counts.get(option_counter(option_id), 0)
            )
            for option_id in counted.option_ids
        ]
        return RankingResults(**counted.common(), tallies=tallies)

    def export_row(self, labels: Mapping[UUID, str], ballot: Mapping[str, Any]) -> Sequence[str]:
        """Return the options, the best first."""
        return [labels[UUID(option_id)] for option_id in ballot["ranking"]]
