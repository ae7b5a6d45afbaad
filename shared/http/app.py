"""The ASGI application around a set of endpoints: the same layers for all of them and for one."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp, Scope

from shared.feed.announce import on_feed_changed
from shared.feed.cursor import canonical_query
from shared.http.answer import ALWAYS_CALLED, Answer, ShortWays, as_it_is
from shared.http.cross_origin import CrossOrigin
from shared.http.deadline import Deadline
from shared.http.error_handlers import add_error_handlers
from shared.http.head import AnswerHead
from shared.http.lifespan import Lifespan, WithLifespan
from shared.http.request_context import (
    AnswerFailures,
    LogKeys,
    RequestContext,
    request_id,
)
from shared.observability import log_failure
from shared.settings import get_settings

if TYPE_CHECKING:
    from shared.http.load import Shedding
    from shared.http.micro_cache import MicroCache

VERSION = "0.1.0"

_DESCRIPTION = """Live event engagement: an audience joins by a code, votes in polls, asks and upvotes
questions; presenter and moderator see it within seconds. Clients poll `GET /v1/events/{event_id}/changes`
with the cursor they were given last."""


class _OvationApi(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, with the models that all errors share."""
        if not self.openapi_schema:
            # Imported here: no function is asked for the document.
            from shared.http.problem_schemas import problem_schemas

            schema = super().openapi()
            models = schema.setdefault("components", {}).setdefault("schemas", {})
            models.update(problem_schemas())
        return super().openapi()

    def build_middleware_stack(self) -> ASGIApp:
        """Return the stack without its outermost layer, which would answer failures as plain text."""
        stack = super().build_middleware_stack()
        return stack.app if isinstance(stack, ServerErrorMiddleware) else stack


def build_app(
    routers: Sequence[APIRouter],
    *,
    direct: Sequence[APIRouter] = (),
    lifespan: Lifespan | None = None,
) -> ASGIApp:
    """Return the application that serves `routers`, those in `direct` also by the short way.

    From the outside in: request context, HEAD, CORS, cache, log keys, deadline, lifespan, shedding, direct
    routes, FastAPI. An answer in one piece goes by the deadline, shedding and direct routes alone.
    """
    api = build_api(routers)
    if not direct:
        return wrap_app(LogKeys(Deadline(_with_lifespan(api, lifespan))))
    short = _with_short_ways(api, direct)
    deadline = Deadline(_with_lifespan(short, lifespan), find_answer=short.answer)
    cache = _cache_of(LogKeys(deadline))
    return wrap_app(cache, ShortWays(cache.at_once, deadline.give_answer))


def _with_lifespan(app: ASGIApp, lifespan: Lifespan | None) -> ASGIApp:
    return app if lifespan is None else WithLifespan(app, lifespan)


def _with_short_ways(api: ASGIApp, direct: Sequence[APIRouter]) -> "Shedding":
    # Imported here: a Lambda serves its one endpoint the long way, and caches nothing.
    from shared.http.direct_routes import DirectRoutes
    from shared.http.load import Shedding

    routes = DirectRoutes(api, direct, max_body_bytes=get_settings().max_body_bytes)
    return Shedding(routes, find_answer=routes.answer)


def _cache_of(app: ASGIApp) -> "MicroCache":
    from shared.http.micro_cache import MicroCache
    from shared.http.public_feed import as_anyone

    cache = MicroCache(
        app,
        # A run of the application starts the tick: docs/performance.md has why not less often.
        refresh_after_s=0.15,
        # Nobody is shown what is older than a tick, however few ask for it.
        oldest_s=get_settings().tick_interval_ms / 1000,
        scope_keys=("route",),
        canonical_query=canonical_query,
        on_failure=lambda error: log_failure("a refresh failed", error),
        as_own=_with_own_request_id,
        as_anyone=as_anyone,
    )
    on_feed_changed(lambda event_id: cache.expire(f"/v1/events/{event_id}/changes".encode()))
    return cache


def _with_own_request_id(problem: Answer, run: Scope, own: Scope) -> Answer:
    # Ids are of one length, so the problem's length stays what its header says.
    body = problem.body.replace(request_id(run).encode(), request_id(own).encode())
    return problem._replace(body=body)


def build_api(routers: Sequence[APIRouter]) -> FastAPI:
    """Return the endpoints alone, without the layers around them."""
    api = _OvationApi(
        title="Ovation",
        version=VERSION,
        description=_DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    add_error_handlers(api)
    for router in routers:
        api.include_router(router)
    return api


def wrap_app(app: ASGIApp, short: ShortWays = ALWAYS_CALLED) -> RequestContext:
    """Return `app` behind request context, HEAD and CORS; `short` are the ways to its answers around them."""
    origins = get_settings().cors_allowed_origins
    headed = as_it_is
    if origins:
        # Failures are answered inside too, so that a page of another origin may read what failed.
        app = cross_origin = CrossOrigin(AnswerFailures(app), origins)
        headed = cross_origin.headed
    in_lambda = bool(os.environ.get("AWS_LAMBDA_FUNCTION_NAME"))
    return RequestContext(AnswerHead(app), short=short, headed=headed, flush_each=in_lambda)
