"""An answer as a value, and the two ways to one that need no messages to and from an application."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

Header = tuple[bytes, bytes]
Scope = MutableMapping[str, Any]


class Answer(NamedTuple):
    """One response as it is sent; the headers are a tuple, so that no layer can change another's."""

    status: int
    headers: tuple[Header, ...]
    body: bytes


# The answer to a request that is ready, if one is.
FindAtOnce = Callable[[Scope], Answer | None]
# The whole body of a request; None where it is too long, or does not come.
ReadBody = Callable[[], Awaitable[bytes | None]]
# The answer to a request; None for one that is to be called.
FindAnswer = Callable[[Scope, ReadBody], Awaitable[Answer | None]]
Respond = Callable[[Answer], None]
# The same, given to a function once, in time; False for a request that is to be called.
GiveAnswer = Callable[[Scope, ReadBody, Respond], Awaitable[bool]]


def nothing_at_once(scope: Scope) -> Answer | None:
    """Have no answer ready."""
    return None


async def no_answer(scope: Scope, read_body: ReadBody) -> Answer | None:
    """Let every request be called."""
    return None


async def give_none(scope: Scope, read_body: ReadBody, respond: Respond) -> bool:
    """Let every request be called."""
    return False
