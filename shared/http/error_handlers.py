"""Turning what handlers raise into problem+json."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared import errors
from shared.db.retry import DATABASE_ERRORS, is_conflict, is_unavailable
from shared.http.problems import (
    MALFORMED_JSON,
    METHOD_NOT_ALLOWED,
    PROBLEM_TYPES,
    ProblemType,
    problem_response,
)
from shared.http.request_context import request_id
from shared.observability import log_failure

_BY_STATUS = {
    404: PROBLEM_TYPES[errors.NotFound],
    405: METHOD_NOT_ALLOWED,
    413: PROBLEM_TYPES[errors.BodyTooLarge],
}
# So that a body of nothing but mistakes does not get an answer many times its size.
_MOST_ERRORS = 20
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)


def add_error_handlers(app: FastAPI) -> None:
    """Let `app` answer every error as a problem."""
    app.add_exception_handler(errors.OvationError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    for database_error in DATABASE_ERRORS:
        app.add_exception_handler(database_error, _refused)


async def _refused(request: Request, error: Exception) -> Response:
    return problem_for(error, request_id(request.scope))


def problem_for(error: Exception, identifier: str) -> Response:
    """Return the problem that a typed error or a database's error is to the client.

    Raise the error itself when it is neither.
    """
    if isinstance(error, errors.OvationError):
        return _refusal(error, identifier)
    if is_unavailable(error) or is_conflict(error):
        log_failure("database unavailable", error)
        return _refusal(errors.Unavailable(), identifier)
    raise error


def _refusal(error: errors.OvationError, identifier: str) -> Response:
    headers = {}
    if isinstance(error, errors.RateLimited | errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, errors.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(
        PROBLEM_TYPES[type(error)],
        detail=error.detail,
        request_id=identifier,
        errors=error.errors if isinstance(error, errors.InvalidRequest) else (),
        headers=headers,
    )


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    malformed = getattr(request.state, "malformed_json", None)
    if malformed is not None:
        return problem_response(
            MALFORMED_JSON,
            detail="The request body is not valid JSON.",
            request_id=request_id(request.scope),
            errors=[errors.FieldError(("body",), malformed, "json_invalid")],
        )
    return problem_response(
        PROBLEM_TYPES[errors.InvalidRequest],
        detail="The request does not have the form that is asked for; see errors.",
        request_id=request_id(request.scope),
        errors=_field_errors(error.errors()),
    )


def _field_errors(raised: Sequence[Any]) -> list[errors.FieldError]:
    # Only where and what should be there: never the value, which is what somebody wrote.
    return [
        errors.FieldError(_location(each["loc"]), str(each["msg"]), str(each["type"]))
        for each in raised[:_MOST_ERRORS]
    ]


def _location(steps: Sequence[str | int]) -> tuple[str | int, ...]:
    # As far as it looks like our own names: an unknown field may be called anything.
    return tuple(
        takewhile(lambda step: isinstance(step, int) or _FIELD_NAME.fullmatch(step), steps)
    )


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    problem = _BY_STATUS.get(
        error.status_code, ProblemType(error.status_code, "bad_request", "Bad request")
    )
    headers = dict(error.headers or {})
    if problem is METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_here(request))
    return problem_response(
        problem,
        detail=problem.title + ".",
        request_id=request_id(request.scope),
        headers=headers,
    )


def _methods_here(request: Request) -> list[str]:
    # A route has one method, and knows only of its own.
    path = request.scope["path"]
    routes = [
        route for route in iter_route_contexts(request.app.routes) if route.path_regex.match(path)
    ]
    methods = {method for route in routes for method in route.methods or ()}
    # Which is answered by what answers GET: shared/http/head.py.
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)
