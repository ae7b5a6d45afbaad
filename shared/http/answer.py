"""An answer as a value, and the names of the ways to one.

An ASGI application is *called*: it gets a scope, and exchanges messages by `receive` and `send`. What many
ask for in the same second is answered without: *at once*, before the request's body is read (`FindAtOnce`),
or in one piece (`FindAnswer`, `GiveAnswer`). None, or False, means: not in this way, call the application.

Imports nothing of ours, so that the micro-cache stands alone.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

Header = tuple[bytes, bytes]
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Answer(NamedTuple):
    """One response as it is sent; the headers are a tuple, so that no layer can change another's."""

    status: int
    headers: tuple[Header, ...]
    body: bytes


# The answer that is ready.
FindAtOnce = Callable[[Scope], Answer | None]
# The whole body of a request; None where it is too long, or does not come.
ReadBody = Callable[[], Awaitable[bytes | None]]
# The answer, once it is there.
FindAnswer = Callable[[Scope, ReadBody], Awaitable[Answer | None]]
Respond = Callable[[Answer], None]
# As FindAnswer, but the answer goes to a function, once, also where it is that of the deadline.
GiveAnswer = Callable[[Scope, ReadBody, Respond], Awaitable[bool]]
# The answer as who asked is told it: one of another origin, with its headers.
AddHeaders = Callable[[Scope, Answer], Answer]


class ShortWays(NamedTuple):
    """How an application answers without being called."""

    find_at_once: FindAtOnce
    give_answer: GiveAnswer


async def send_answer(answer: Answer, send: Send) -> None:
    """Send an answer as the messages of ASGI."""
    # New dicts each time: layers outside may change what they are given.
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


def nothing_at_once(scope: Scope) -> Answer | None:
    """Have no answer ready."""
    return None


async def no_answer(scope: Scope, read_body: ReadBody) -> Answer | None:
    """Find none."""
    return None


async def give_none(scope: Scope, read_body: ReadBody, respond: Respond) -> bool:
    """Give none."""
    return False


def as_it_is(scope: Scope, answer: Answer) -> Answer:
    """Add nothing."""
    return answer


ALWAYS_CALLED = ShortWays(nothing_at_once, give_none)
