"""The kinds of poll, one module each. To add one: its module, its test, and one line in `KINDS`."""

from collections.abc import Mapping

from pydantic import BaseModel

from shared.errors import FieldError, InvalidRequest
from shared.polls.kinds.base import CountedBallot, Kind, PollDefinition
from shared.polls.kinds.choice import MultipleChoice, SingleChoice
from shared.polls.kinds.open_text import OpenText
from shared.polls.kinds.ranking import Ranking
from shared.polls.kinds.rating import Rating
from shared.polls.kinds.word_cloud import WordCloud

KINDS: Mapping[str, Kind] = {
    "single_choice": SingleChoice(),
    "multiple_choice": MultipleChoice(),
    "rating": Rating(),
    "ranking": Ranking(),
    "word_cloud": WordCloud(),
    "open_text": OpenText(),
}


def count_vote(poll: PollDefinition, vote: BaseModel) -> CountedBallot:
    """Return a vote as it is stored and counted.

    Raise `InvalidRequest` for the field of another kind, and for a vote that breaks a rule of its kind.
    """
    kind = KINDS[poll.kind]
    if vote.model_fields_set != {kind.field}:
        raise InvalidRequest([FieldError(("body", kind.field), "is what this poll takes, alone")])
    return kind.count(poll, getattr(vote, kind.field))
