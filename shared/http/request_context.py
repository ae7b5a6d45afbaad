"""The outermost layer: request ids, security headers, one access line, and an answer for anything.

Pure ASGI, because keys bound in a BaseHTTPMiddleware do not reach the handler's context.
"""

import itertools
import logging
import secrets
import time
from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.access_log import AccessLog
from shared.http.answer import (
    ALWAYS_CALLED,
    AddHeaders,
    Answer,
    ReadBody,
    ShortWays,
    as_it_is,
)
from shared.http.problems import INTERNAL_ERROR, answer_of, problem_response
from shared.http.whole_answer import WholeAnswer, whole_answer, whole_headers
from shared.observability import log_failure, log_keys, logger, metrics
from shared.settings import get_settings


def request_id(scope: Mapping[str, Any]) -> str:
    """Return the id of the request under way."""
    return str(scope["state"]["request_id"])


# Random per process, then counted: as unique as a random id, and cheaper.
_PROCESS = secrets.token_hex(8)
_requests = itertools.count()


def new_request_id() -> str:
    """Return an id for one more request."""
    return f"{_PROCESS}{next(_requests):016x}"


class BrokenOff(Exception):
    """A response ended amid its bytes. Holds no text: a server logs what it is raised."""


class AnswerFailures:
    """Answer what nobody expected with a problem, and log where it came from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raise `BrokenOff` when it is too late for another answer."""
        has_started = False

        async def noting_send(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except Exception as error:
            await answer_failure(error, scope, receive, send, has_started=has_started)


async def answer_failure(
    error: Exception, scope: Scope, receive: Receive, send: Send, *, has_started: bool
) -> None:
    """Log where `error` came from, and send a problem; raise `BrokenOff` when it is too late for that."""
    if isinstance(error, BrokenOff):
        raise error
    log_failure("unhandled", error)
    if has_started:
        raise BrokenOff from None
    await _failure(scope)(scope, receive, send)


def _failure(scope: Scope) -> Response:
    return problem_response(
        INTERNAL_ERROR,
        detail="Something went wrong on our side.",
        request_id=request_id(scope),
    )


class LogKeys:
    """Bind the request's id to every log line of what `app` does for it.

    Stands behind the cache: what is answered from memory logs nothing but its access line.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; leave what was bound in its state, for the access line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _bind_log_keys(scope)
        try:
            await self._app(scope, receive, send)
        finally:
            scope["state"]["log_keys"] = log_keys.thread_safe_get_current_keys()


class RequestContext:
    """Wrap the whole application of either runtime.

    `short` are the ways to an answer without calling it, and `headed` adds the headers that a call would
    have added. Every poll and every vote passes here, so what is done for each is counted in microseconds:
    see docs/performance.md.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        short: ShortWays = ALWAYS_CALLED,
        headed: AddHeaders = as_it_is,
        flush_each: bool = False,
    ) -> None:
        self._app = app
        self._short = short
        self._headed = headed
        self._flush_each = flush_each
        self._access_log = AccessLog() if logger.log_level <= logging.INFO else None

    def at_once(self, scope: Scope) -> WholeAnswer | None:
        """Return the whole answer to a request that needs no waiting; None for one that is to be called."""
        started = time.perf_counter()
        answer = self._short.find_at_once(scope)
        if answer is None:
            return None
        identifier = new_request_id()
        self._record(scope, identifier, answer.status, started)
        return whole_answer(self._headed(scope, answer), identifier)

    async def give_answer(
        self, scope: Scope, read_body: ReadBody, write: Callable[[WholeAnswer], None]
    ) -> bool:
        """Give the whole answer to a request to `write`, once; return False for one that is to be called."""
        started, identifier = _begun(scope)
        _bind_log_keys(scope)

        def respond(answer: Answer) -> None:
            # Those that were put there know more than the context of a timer does.
            scope["state"].setdefault("log_keys", log_keys.thread_safe_get_current_keys())
            self._record(scope, identifier, answer.status, started)
            write(whole_answer(self._headed(scope, answer), identifier))

        try:
            return await self._short.give_answer(scope, read_body, respond)
        except (Exception, CancelledError) as error:
            log_failure("unhandled", error)
            respond(answer_of(_failure(scope)))
            if isinstance(error, CancelledError):
                # The server stops, and waits no longer.
                raise
            return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; whatever happens, the client gets an answer and the log gets a line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, identifier = _begun(scope)
        status = 0

        # No coroutine of its own: it hands on the server's.
        def send_with_headers(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = whole_headers(tuple(message["headers"]), identifier)
            return send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            await answer_failure(error, scope, receive, send_with_headers, has_started=bool(status))
        finally:
            self._record(scope, identifier, status, started)

    def _record(self, scope: Scope, identifier: str, status: int, started: float) -> None:
        route = scope.get("route")
        operation = getattr(route, "name", None)
        if self._access_log is not None:
            what = scope["method"], getattr(route, "path", None), operation
            elapsed_ms = (time.perf_counter() - started) * 1000
            keys = scope["state"].get("log_keys")
            self._access_log.write(what, status, elapsed_ms, identifier, keys)
        if get_settings().metrics_enabled:
            self._count(operation or "unknown", status)
        if self._flush_each and self._access_log is not None:
            self._access_log.flush()

    def _count(self, operation: str, status: int) -> None:
        metrics.add("Requests", 1, operation=operation)
        if status >= 500 or not status:
            metrics.add("Errors", 1, operation=operation)
        metrics.flush_if_due(now=self._flush_each)


def _begun(scope: Scope) -> tuple[float, str]:
    """Return when a request came, and its id: once, also where it is asked for and then called."""
    state = scope.setdefault("state", {})
    return (
        state.setdefault("started", time.perf_counter()),
        state.setdefault("request_id", new_request_id()),
    )


def _bind_log_keys(scope: Scope) -> None:
    # Of one that was asked for before it is called, more is known.
    known = scope["state"].get("log_keys", {})
    log_keys.thread_safe_clear_keys()
    log_keys.thread_safe_append_keys(
        **{**known, **_lambda_keys(scope), "request_id": request_id(scope)}
    )


def _lambda_keys(scope: Scope) -> dict[str, str]:
    context = scope.get("aws.context")
    invocation = getattr(context, "aws_request_id", None)
    return {"function_request_id": invocation} if invocation else {}
