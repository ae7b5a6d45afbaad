"""The short way to a hot endpoint: the same function, without the router's machinery around it.

A vote spends ten times longer in routing and dependency solving than in what it asks for. So for the
few endpoints that an audience calls all at once, what their signature asks for is worked out once,
at start. Only the ordinary request takes this way: whatever is unusual (no participant's token, a
body that does not fit, an odd path or content type) is handed, untouched, to the application that
knows every case. So there is one answer to each mistake, and it is written in one place.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from fastapi import APIRouter
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import NotAuthenticated, OvationError
from shared.http.access import ParticipantAccess, find_participant
from shared.http.error_handlers import problem_for
from shared.http.request_context import request_id
from shared.identity.credentials import PARTICIPANT_TOKEN_PREFIX

_BEARER = f"bearer {PARTICIPANT_TOKEN_PREFIX}".encode()
_SCHEME_LENGTH = len("bearer ")
_JSON = (b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8")
_REFUSALS = (OvationError, DBAPIError, PoolTimeout)


class _TakeTheLongWay(Exception):
    """This request is not the ordinary one."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to call one endpoint: which of its parameters is what."""

    route: APIRoute
    prefix: str
    suffix: str
    path_parameter: str | None
    body_parameter: str | None
    body_model: type[BaseModel] | None
    access_parameter: str | None
    access: ParticipantAccess | None
    dependencies: Mapping[str, tuple[Callable[..., Awaitable[Any]], bool]]

    def path_value(self, path: str) -> UUID | None:
        """Return the id in a path of this endpoint; raise `ValueError` for what is no id."""
        if self.path_parameter is None:
            return None
        return UUID(path[len(self.prefix) : len(path) - len(self.suffix)])


class DirectRoutes:
    """Serve the routers' endpoints the short way, and everything else by `app`."""

    def __init__(self, app: ASGIApp, routers: Sequence[APIRouter], *, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._plans: dict[str, list[_Plan]] = {}
        for router in routers:
            route = router.routes[0]
            if not isinstance(route, APIRoute):
                raise TypeError("a direct route must be an endpoint of its own router")
            for method in route.methods or ():
                self._plans.setdefault(method, []).append(_plan(route))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            path = scope["path"]
            for plan in self._plans.get(scope["method"], ()):
                if path.startswith(plan.prefix) and path.endswith(plan.suffix):
                    await self._serve(plan, scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _serve(self, plan: _Plan, scope: Scope, receive: Receive, send: Send) -> None:
        read: list[Message] = []
        try:
            arguments = await self._arguments(plan, scope, receive, read)
        except _TakeTheLongWay:
            await self._app(scope, _replay(read, receive), send)
            return
        except _REFUSALS as refusal:
            scope["route"] = plan.route
            await problem_for(refusal, request_id(scope))(scope, receive, send)
            return
        scope["route"] = plan.route
        try:
            answer: BaseModel = await plan.route.endpoint(**arguments)
        except _REFUSALS as refusal:
            await problem_for(refusal, request_id(scope))(scope, receive, send)
            return
        body = answer.model_dump_json().encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _arguments(
        self, plan: _Plan, scope: Scope, receive: Receive, read: list[Message]
    ) -> dict[str, Any]:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        arguments: dict[str, Any] = {}
        try:
            if plan.path_parameter is not None:
                arguments[plan.path_parameter] = plan.path_value(scope["path"])
            participant = None
            if plan.access is not None:
                participant = await find_participant(_participant_token(headers))
            if plan.body_parameter is not None and plan.body_model is not None:
                if headers.get(b"content-type") not in _JSON:
                    raise _TakeTheLongWay
                body = await self._body(receive, read)
                arguments[plan.body_parameter] = plan.body_model.model_validate_json(body)
        except (NotAuthenticated, ValidationError, ValueError) as unusual:
            raise _TakeTheLongWay from unusual
        if plan.access is not None and plan.access_parameter is not None and participant:
            arguments[plan.access_parameter] = plan.access.admit(participant)
        for name, (dependency, takes_request) in plan.dependencies.items():
            arguments[name] = await (dependency(Request(scope)) if takes_request else dependency())
        return arguments

    async def _body(self, receive: Receive, read: list[Message]) -> bytes:
        body = b""
        while True:
            message = await receive()
            read.append(message)
            if message["type"] != "http.request":
                raise _TakeTheLongWay
            body += bytes(message.get("body", b""))
            if len(body) > self._max_body_bytes:
                raise _TakeTheLongWay
            if not message.get("more_body", False):
                return body


def _participant_token(headers: Mapping[bytes, bytes]) -> str:
    credential = headers.get(b"authorization", b"")
    if credential[: len(_BEARER)].lower() != _BEARER:
        raise _TakeTheLongWay
    return credential[_SCHEME_LENGTH:].decode("latin-1")


def _replay(read: Sequence[Message], receive: Receive) -> Receive:
    """Return a receive that first gives again what was read."""
    messages = iter(read)

    async def again() -> Message:
        return next(messages, None) or await receive()

    return again


def _plan(route: APIRoute) -> _Plan:
    """Work out what an endpoint's signature asks for; raise `TypeError` for what has no short way."""
    prefix, _, rest = route.path.partition("{")
    path_parameter, _, suffix = rest.partition("}")
    body: tuple[str, type[BaseModel]] | None = None
    access: tuple[str, ParticipantAccess] | None = None
    dependencies: dict[str, tuple[Callable[..., Awaitable[Any]], bool]] = {}
    for name, parameter in inspect.signature(route.endpoint, eval_str=True).parameters.items():
        annotation = parameter.annotation
        depends = [each for each in get_args(annotation) if isinstance(each, Depends)]
        if depends and isinstance(depends[0].dependency, ParticipantAccess):
            access = name, depends[0].dependency
        elif depends and callable(depends[0].dependency):
            dependencies[name] = depends[0].dependency, _takes_request(depends[0].dependency)
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            body = name, annotation
        elif name != path_parameter:
            raise TypeError(f"{route.name}: the parameter {name} has no short way")
    return _Plan(
        route=route,
        prefix=prefix,
        suffix=suffix,
        path_parameter=path_parameter or None,
        body_parameter=body[0] if body else None,
        body_model=body[1] if body else None,
        access_parameter=access[0] if access else None,
        access=access[1] if access else None,
        dependencies=dependencies,
    )


def _takes_request(dependency: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(dependency, eval_str=True).parameters.values())
    if not parameters:
        return False
    if len(parameters) == 1 and parameters[0].annotation is Request:
        return True
    raise TypeError(f"{dependency.__qualname__} asks for more than the request")
