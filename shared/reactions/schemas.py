"""What the API says and accepts of reactions."""

from typing import Annotated, get_args

from pydantic import Field

from shared.reactions.values import ReactionKind
from shared.schemas import Request, Response, WholeNumber, example
from shared.tally.values import Tally

MOST_AT_ONCE = 20


class SendReaction(Request):
    """Reactions of one kind that a client has gathered."""

    model_config = example(kind="clap", count=3)

    kind: ReactionKind
    count: Annotated[WholeNumber, Field(ge=1, le=MOST_AT_ONCE)]


class ReactionReceipt(Response):
    """What was counted."""

    model_config = example(kind="clap", count=3)

    kind: ReactionKind
    count: int


class ReactionCounts(Response):
    """How many reactions of each kind the event's audience has sent since it began."""

    model_config = example(counts={"clap": 31, "heart": 12, "laugh": 0, "wow": 4, "thinking": 0})

    counts: dict[ReactionKind, int]


def reaction_counts(tally: Tally) -> ReactionCounts:
    """Return the counts as they are published: every kind, zeros included."""
    return ReactionCounts(counts={kind: tally.get(kind, 0) for kind in get_args(ReactionKind)})
