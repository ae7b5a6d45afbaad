"""Single and multiple choice: a vote is a set of options, each counted once."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
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


class ChoiceBallot(Response):
    """What a participant voted for, in the poll's order."""

    option_ids: list[UUID]


class OptionTally(Response):
    """How many votes one option has."""

    option_id: UUID
    votes: int


class ChoiceResults(PublishedResults):
    """Votes of a single or multiple choice."""

    tallies: list[OptionTally] = Field(description="One per option, in the poll's order")


# An audience of thousands casts a few different ballots: each is checked and encoded once.
@lru_cache(maxsize=4_096)
def _count(poll: PollDefinition, option_ids: tuple[UUID, ...]) -> CountedBallot:
    chosen = set(option_ids)
    errors = foreign_options(poll, "option_ids", option_ids)
    if len(chosen) < len(option_ids):
        errors.append(FieldError(("body", "option_ids"), "must not repeat an option"))
    if len(chosen) > poll.max_choices:
        message = f"must hold at most {poll.max_choices} of the options"
        errors.append(FieldError(("body", "option_ids"), message))
    if errors:
        raise InvalidRequest(errors)
    in_order = [option_id for option_id in poll.option_ids if option_id in chosen]
    counts = {VOTERS: 1} | {option_counter(option_id): 1 for option_id in in_order}
    return counted_ballot(ChoiceBallot(option_ids=in_order), counts)


class MultipleChoice(KindDefaults):
    """Up to `max_choices` different options."""

    field = "option_ids"
    answer = Annotated[list[UUID], Field(min_length=1, max_length=MAX_OPTIONS)]
    ballot = ChoiceBallot
    results = (ChoiceResults,)

    def check_definition(self, poll: NewPoll) -> list[FieldError]:
        """Refuse options that look the same, and more choices than options."""
        errors = option_errors(poll)
        if poll.max_choices is not None and poll.max_choices > len(poll.options):
            message = f"must be at most the number of options, {len(poll.options)}"
            errors.append(FieldError(("body", "max_choices"), message))
        if poll.scale is not None:
            errors.append(FieldError(("body", "scale"), "does not belong to this kind of poll"))
        return errors

    def max_choices(self, poll: NewPoll) -> int:
        """Return what was asked for, or all options."""
        return poll.max_choices or len(poll.options)

    def count(self, poll: PollDefinition, answer: list[UUID]) -> CountedBallot:
        """Count the voter once, and each chosen option once."""
        return _count(poll, tuple(answer))

    def publish(self, counted: Counted) -> ChoiceResults:
        """Return every option's votes in the poll's order, zeros included."""
        tallies = [
            OptionTally(option_id=option_id, votes=counted.counts.get(option_counter(option_id), 0))
            for option_id in counted.option_ids
        ]
        return ChoiceResults(**counted.common(), tallies=tallies)

    def export_row(self, labels: Mapping[UUID, str], ballot: Mapping[str, Any]) -> Sequence[str]:
        """Return the chosen options, in the poll's order."""
        return [labels[UUID(option_id)] for option_id in ballot["option_ids"]]


class SingleChoice(MultipleChoice):
    """Exactly one option."""

    def check_definition(self, poll: NewPoll) -> list[FieldError]:
        """Refuse also more than one choice."""
        errors = super().check_definition(poll)
        if poll.max_choices not in (None, 1):
            errors.append(FieldError(("body", "max_choices"), "must be 1 in a single choice"))
        return errors

    def max_choices(self, poll: NewPoll) -> int:
        """Return one."""
        return 1
