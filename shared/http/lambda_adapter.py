"""The Lambda entry of an endpoint: any event in, an HTTP answer out, the same application between.

One event loop lives as long as the container, because the database's pool is bound to it.
"""

import asyncio
import base64
import json
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.garbage import begin_collections
from shared.http.lambda_events import HOST, NotHttp, blank_event, http_event, is_load_balancer
from shared.http.problems import (
    BAD_REQUEST,
    INTERNAL_ERROR,
    PROBLEM_JSON,
    ProblemType,
    problem_response,
)
from shared.http.request_context import RequestContext, request_id
from shared.observability import log_failure

if TYPE_CHECKING:
    from mangum import Mangum

RESPONSE_TOO_LARGE = ProblemType(500, "response_too_large", "Response too large")

# What a load balancer takes from a Lambda, as JSON; through API Gateway Lambda's own limit counts.
_LOAD_BALANCER_MAX_BYTES = 1_000_000
_MAX_BYTES = 6_000_000
# A character of a body takes up to this many in the JSON around it: \u0000.
_WORST_ESCAPE = 6
_TEXT_TYPES = ["text/", "application/json", PROBLEM_JSON]
_REFUSAL = "ovation.refusal"


class LambdaHandler:
    """Called by the Lambda runtime with one event at a time."""

    def __init__(self, app_factory: Callable[[], ASGIApp]) -> None:
        self._app_factory = app_factory
        self._mangum: Mangum | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, event: object, context: Any = None) -> dict[str, Any]:
        """Return the answer to a request; to an event that is none, a problem. Never raise."""
        try:
            limit = _LOAD_BALANCER_MAX_BYTES if is_load_balancer(event) else _MAX_BYTES
            answer = _fitting(self._serve(http_event(event), context), limit)
        except NotHttp as refused:
            return self._refuse(event, context, BAD_REQUEST, refused.detail)
        except Exception as error:
            log_failure("unhandled", error)
            return self._refuse(event, context, INTERNAL_ERROR, "Something went wrong on our side.")
        if answer is None:
            return self._refuse(event, context, RESPONSE_TOO_LARGE, "Ask for a smaller page.")
        return answer

    def warm(self) -> "Mangum":
        """Build the application if that was not done yet."""
        if self._mangum is None:
            # Imported here: the ECS application imports this module, and serves without Mangum.
            from mangum import Mangum

            # It logs tracebacks with an error's text, which may quote what somebody wrote.
            logging.getLogger("mangum").setLevel(logging.CRITICAL + 1)
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
            app = _Served(self._app_factory())
            self._mangum = Mangum(app, lifespan="off", text_mime_types=_TEXT_TYPES)
            begin_collections()
        return self._mangum

    def close(self) -> None:
        """Close the event loop: for a process that outlives its handler, which no Lambda does."""
        if self._loop is not None:
            self._loop.close()
            self._loop = self._mangum = None

    def _serve(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        mangum = self.warm()
        # Mangum takes the current loop of the calling thread.
        asyncio.set_event_loop(self._loop)
        return mangum(event, context)

    def _refuse(
        self, event: object, context: Any, problem: ProblemType, detail: str
    ) -> dict[str, Any]:
        return self._serve({**blank_event(event), _REFUSAL: (problem, detail)}, context)


def lambda_handler(app_factory: Callable[[], ASGIApp]) -> LambdaHandler:
    """Return the Lambda entry of an application.

    In Lambda the application is built at once, so that a container is warm before its first
    request; anywhere else only when it is used.
    """
    handler = LambdaHandler(app_factory)
    if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
        handler.warm()
    return handler


class _Served:
    """The application as Mangum sees it: it always answers, and sees the Host that was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._refusals = RequestContext(_refusal, flush_each=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        event = scope["aws.event"]
        if _REFUSAL in event:
            await self._refusals(scope, receive, send)
            return
        if event[HOST]:
            scope["headers"].append((b"host", event[HOST].encode()))
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        try:
            await self._app(scope, receive, keep)
        except Exception as error:
            log_failure("unhandled", error)
            scope["aws.event"] = {_REFUSAL: (INTERNAL_ERROR, "Something went wrong on our side.")}
            await self._refusals(scope, receive, send)
            return
        for message in answer:
            await send(message)


async def _refusal(scope: Scope, receive: Receive, send: Send) -> None:
    problem, detail = scope["aws.event"][_REFUSAL]
    answer = problem_response(problem, detail=detail, request_id=request_id(scope))
    await answer(scope, receive, send)


def _fitting(answer: dict[str, Any], limit: int) -> dict[str, Any] | None:
    """Return the answer in a form that is at most `limit` bytes of JSON, or None."""
    if len(answer["body"]) * _WORST_ESCAPE < limit or len(json.dumps(answer)) <= limit:
        return answer
    if not answer["isBase64Encoded"]:
        # Text that is no ASCII grows up to threefold in JSON, base64 always by a third.
        encoded = base64.b64encode(answer["body"].encode()).decode()
        answer = {**answer, "body": encoded, "isBase64Encoded": True}
        if len(json.dumps(answer)) <= limit:
            return answer
    return None
