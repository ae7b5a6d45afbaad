"""What the API says and accepts of votes, as it follows from the kinds of poll: no kind is named here.

No other model is built for the function that takes them. A type checker cannot follow what is made while
the program runs, so it sees the base instead.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Union
from uuid import UUID

from pydantic import ConfigDict, Field, create_model

from shared.polls.kinds import KINDS
from shared.schemas import JsonDict, Request, Response, example

# The poll of the examples, here and elsewhere.
POLL_ID = "0197f6a0-c0de-7000-8000-000000000002"
_OPTION_ID = "0197f6a0-c0de-7000-8000-000000000003"
BALLOT_EXAMPLE: JsonDict = {"option_ids": [_OPTION_ID]}


def _describe(schema: JsonDict) -> None:
    properties = schema.get("properties")
    if isinstance(properties, dict):
        schema["properties"] = {
            name: {key: value for key, value in dict(described).items() if key != "default"}
            for name, described in properties.items()
            if isinstance(described, dict)
        }
    schema.update(examples=[BALLOT_EXAMPLE], minProperties=1, maxProperties=1)


class _Vote(Request):
    """A vote: the one field that the poll's kind takes."""

    model_config = ConfigDict(json_schema_extra=_describe)


if TYPE_CHECKING:
    CastVote = _Vote
    AnyBallot = Response
else:
    CastVote = create_model(
        "CastVote",
        __base__=_Vote,
        __doc__=_Vote.__doc__,
        __module__=__name__,
        **{kind.field: (kind.answer, Field(default=None)) for kind in KINDS.values()},
    )
    AnyBallot = Union[tuple(dict.fromkeys(kind.ballot for kind in KINDS.values()))]


class VoteReceipt(Response):
    """The participant's vote as it is committed; nulls when there is none (any more)."""

    model_config = example(
        poll_id=POLL_ID, vote=BALLOT_EXAMPLE, cast_at="2027-03-01T09:06:30.871000Z"
    )

    poll_id: UUID
    vote: AnyBallot | None
    cast_at: datetime | None
