"""What turns one function into an endpoint, on ECS and in Lambda."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

import pydantic_core
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from shared import errors
from shared.http.lambda_adapter import LambdaHandler, lambda_handler
from shared.http.problems import describe_problems
from shared.settings import get_settings

# What any operation may answer, what one with a credential may, and what one with a body may.
ANY = (errors.InvalidRequest, errors.Unavailable)
AUTHENTICATED = (errors.NotAuthenticated, errors.Forbidden, errors.RateLimited, *ANY)
WITH_BODY = (errors.BodyTooLarge,)
ON_A_THING = (errors.NotFound,)

# What the OpenAPI document says of an operation that asks for no credential, but heeds one.
ANYONE_TOO: dict[str, Any] = {"security": [{}]}


# More digits than any length has that somebody means.
_MOST_DIGITS = 18


def announces_more(content_length: bytes, most: int) -> bool:
    """Tell whether this Content-Length is more than `most` bytes; one that is no number is not."""
    digits = content_length.lstrip(b"0")
    return digits.isdigit() and (len(digits) > _MOST_DIGITS or int(digits) > most)


class _JudgedRequest(Request):
    """A request that reads no more than the limit, and whose JSON is judged with the body's form.

    So a malformed body is refused after the credential.
    """

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body's pieces; raise 413 above the limit, at once where the length tells."""
        most = get_settings().max_body_bytes
        if announces_more(self.headers.get("content-length", "").encode("latin-1"), most):
            # Who waits to be asked for the body keeps it: the next bytes may be the next request.
            waits = "expect" in self.headers
            raise HTTPException(413, headers={"Connection": "close"} if waits else None)
        size = 0
        async for piece in super().stream():
            size += len(piece)
            if size > most:
                raise HTTPException(413)
            yield piece

    async def json(self) -> Any:
        """Return the parsed body, or a text that fits no model when it is malformed."""
        if not hasattr(self, "_parsed"):
            try:
                self._parsed = pydantic_core.from_json(await self.body(), allow_inf_nan=False)
            except ValueError as malformed:
                self.state.malformed_json = str(malformed)
                self._parsed = ""
        return self._parsed


class _JudgedRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_judged(request: Request) -> Response:
            return await handle(_JudgedRequest(request.scope, request.receive))

        return handle_judged


def endpoint_router(tag: str) -> APIRouter:
    """Return the router of one endpoint, whose function's name is its operation id."""
    return APIRouter(
        tags=[tag],
        route_class=_JudgedRoute,
        generate_unique_id_function=lambda route: route.name,
    )


def problems(*refusals: type[errors.OvationError]) -> dict[int | str, dict[str, Any]]:
    """Describe an operation's refusals for OpenAPI."""
    return describe_problems(*refusals)


def burst_handler(router: APIRouter) -> LambdaHandler:
    """Return the Lambda entry of one endpoint; the application around it is built at first use."""

    def build() -> ASGIApp:
        # Imported when a Lambda needs it: the ECS application builds one app of all endpoints.
        from shared.http.app import build_app

        return build_app([router])

    return lambda_handler(build)
