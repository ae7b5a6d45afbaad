"""The part of the wire that follows from the kinds of poll: no kind is named here.

A type checker cannot follow what is made while the program runs, so it sees the base instead.
"""

from typing import TYPE_CHECKING, Literal, Union

from pydantic import ConfigDict, Field, create_model

from shared.polls.kinds import KINDS
from shared.polls.kinds.base import PublishedResults
from shared.polls.values import PollStatus
from shared.schemas import JsonDict, Request, Response

__all__ = ["BALLOT_EXAMPLE", "AnyBallot", "AnyResults", "CastVote", "PollKind", "with_status"]

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


_WITH_STATUS = {
    model: create_model(
        f"Poll{model.__name__}",
        __base__=model,
        __doc__=f"{model.__doc__} With the poll's state.",
        __module__=__name__,
        status=(PollStatus, ...),
    )
    for kind in KINDS.values()
    for model in kind.results
}

if TYPE_CHECKING:
    PollKind = str
    CastVote = _Vote
    AnyBallot = Response
    AnyResults = PublishedResults
else:
    PollKind = Literal[tuple(KINDS)]
    CastVote = create_model(
        "CastVote",
        __base__=_Vote,
        __doc__=_Vote.__doc__,
        __module__=__name__,
        **{kind.field: (kind.answer, Field(default=None)) for kind in KINDS.values()},
    )
    AnyBallot = Union[tuple(dict.fromkeys(kind.ballot for kind in KINDS.values()))]
    AnyResults = Union[tuple(_WITH_STATUS.values())]


def with_status(results: PublishedResults, status: str) -> PublishedResults:
    """Return the results with the poll's state, as the results endpoint gives them."""
    return _WITH_STATUS[type(results)].model_validate({**dict(results), "status": status})
