"""The part of polls' own schemas that follows from their kinds: no kind is named here.

A type checker cannot follow what is made while the program runs, so it sees the base instead.
"""

from typing import TYPE_CHECKING, Literal, Union

from pydantic import create_model

from shared.polls.kinds import KINDS
from shared.polls.kinds.base import PublishedResults
from shared.polls.values import PollStatus

__all__ = ["AnyResults", "PollKind", "with_status"]

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
    AnyResults = PublishedResults
else:
    PollKind = Literal[tuple(KINDS)]
    AnyResults = Union[tuple(_WITH_STATUS.values())]


def with_status(results: PublishedResults, status: str) -> PublishedResults:
    """Return the results with the poll's state, as the results endpoint gives them."""
    return _WITH_STATUS[type(results)].model_validate({**dict(results), "status": status})
