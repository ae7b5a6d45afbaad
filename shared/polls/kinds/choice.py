"""Single and multiple choice: a vote is a set of options, each counted once."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from shared.errors import FieldError, InvalidRequest
from shared.polls.kinds.base import VOTERS, CountedBallot, PollDefinition, counted_ballot
from shared.polls.schemas import Ballot, CastVote, CreatePoll, OptionTally


def _counter(option_id: UUID) -> str:
    return f"option:{option_id}"


# An audience of thousands casts a few different ballots: each is checked and encoded once.
@lru_cache(maxsize=4_096)
def _count(poll: PollDefinition, option_ids: tuple[UUID, ...]) -> CountedBallot:
    chosen = set(option_ids)
    errors = [
        FieldError(("body", "option_ids", position), "is no option of this poll")
        for position, option_id in enumerate(option_ids)
        if option_id not in poll.option_ids
    ]
    if len(chosen) < len(option_ids):
        errors.append(FieldError(("body", "option_ids"), "must not repeat an option"))
    if len(chosen) > poll.max_choices:
        message = f"must hold at most {poll.max_choices} of the options"
        errors.append(FieldError(("body", "option_ids"), message))
    if errors:
        raise InvalidRequest(errors)
    in_order = [option_id for option_id in poll.option_ids if option_id in chosen]
    counts = {VOTERS: 1} | {_counter(option_id): 1 for option_id in in_order}
    return counted_ballot(Ballot(option_ids=in_order), counts)


class MultipleChoice:
    """Up to `max_choices` different options."""

    def check_definition(self, request: CreatePoll) -> list[FieldError]:
        """Refuse options that look the same, and more choices than options."""
        errors = []
        labels = [option.label for option in request.options]
        for position, label in enumerate(labels):
            if label in labels[:position]:
                where = ("body", "options", position, "label")
                errors.append(FieldError(where, "must differ from the other options"))
        if request.max_choices is not None and request.max_choices > len(labels):
            message = f"must be at most the number of options, {len(labels)}"
            errors.append(FieldError(("body", "max_choices"), message))
        return errors

    def max_choices(self, request: CreatePoll) -> int:
        """Return what was asked for, or all options."""
        return request.max_choices or len(request.options)

    def count(self, poll: PollDefinition, vote: CastVote) -> CountedBallot:
        """Count the voter once, and each chosen option once."""
        return _count(poll, tuple(vote.option_ids))

    def tallies(self, option_ids: Sequence[UUID], tally: Mapping[str, int]) -> list[OptionTally]:
        """Return every option's votes in the poll's order, zeros included."""
        return [
            OptionTally(option_id=option_id, votes=tally.get(_counter(option_id), 0))
            for option_id in option_ids
        ]


class SingleChoice(MultipleChoice):
    """Exactly one option."""

    def check_definition(self, request: CreatePoll) -> list[FieldError]:
        """Refuse also more than one choice."""
        errors = super().check_definition(request)
        if request.max_choices not in (None, 1):
            errors.append(FieldError(("body", "max_choices"), "must be 1 in a single choice"))
        return errors

    def max_choices(self, request: CreatePoll) -> int:
        """Return one."""
        return 1
