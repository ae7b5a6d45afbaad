"""The short way to a hot endpoint: the same function, without the router's machinery around it.

A vote spends ten times longer in routing and dependency solving than in what it asks for. So for the
few endpoints that an audience calls all at once, what their signature asks for is worked out once,
at start. Only the ordinary request takes this way: whatever is unusual (no participant's token, a
body that does not fit, an odd path or content type) is handed, untouched, to the application that
knows every case. So there is one answer to each mistake, and it is written in one place.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, get_args
from uuid import UUID

import pydantic_core
from fastapi import APIRouter
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.db.retry import DATABASE_ERRORS
from shared.errors import NotAuthenticated, OvationError
from shared.http.access import ParticipantAccess, find_participant
from shared.http.answer import Answer, ReadBody, send_answer
from shared.http.endpoint import announces_more
from shared.http.error_handlers import problem_for
from shared.http.problems import answer_of
from shared.http.request_context import request_id
from shared.identity.credentials import participant_token
from shared.identity.principals import ParticipantPrincipal
from shared.observability import log_keys

_JSON = (b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8")


# UUID takes more than that: signs, spaces, hyphens anywhere, other scripts' digits.
_ID = re.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

# On the scope of a request that is known to have no short way.
_UNUSUAL = "ovation.unusual"


class _TakeTheLongWay(ValueError):
    """This request is not the ordinary one."""


@dataclass(slots=True)
class _Ordinary:
    """What an ordinary request of a hot endpoint brings along. Made for each vote, so it is not frozen."""

    scope: Scope
    path_value: UUID | None
    participant: ParticipantPrincipal | None
    body: BaseModel | None


@dataclass(frozen=True, slots=True)
class _Arguments:
    """How to make the arguments of an endpoint, or of one of its dependencies.

    What is `brought` is there with the request; what is `found` is awaited, after it.
    """

    brought: Sequence[tuple[str, Callable[[_Ordinary], Any]]]
    found: Sequence[tuple[str, Callable[[_Ordinary], Awaitable[Any]]]]

    async def make(self, ordinary: _Ordinary) -> dict[str, Any]:
        """Return the arguments for one request."""
        made = {name: get(ordinary) for name, get in self.brought}
        for name, find in self.found:
            made[name] = await find(ordinary)
        return made


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to call one endpoint."""

    route: APIRoute
    status: int
    prefix: str
    suffix: str
    has_path_value: bool
    access: ParticipantAccess | None
    body_model: type[BaseModel] | None
    arguments: _Arguments

    def matches(self, path: str) -> bool:
        """Tell whether a path is this endpoint's, whatever id it names."""
        if not self.has_path_value:
            return path == self.prefix
        return path.startswith(self.prefix) and path.endswith(self.suffix)

    def path_value(self, path: str) -> UUID | None:
        """Return the id in a path of this endpoint; raise `ValueError` for one in another form."""
        if not self.has_path_value:
            return None
        value = path[len(self.prefix) : len(path) - len(self.suffix)]
        if not _ID.fullmatch(value):
            raise _TakeTheLongWay
        return UUID(value)


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
        read: list[Message] = []
        answer = None
        if scope["type"] == "http" and (plan := self._find(scope)) is not None:
            answer = await self._answer(plan, scope, lambda: self._body(receive, read))
        if answer is None:
            await self._app(scope, _replay(read, receive), send)
        else:
            await send_answer(answer, send)

    async def answer(self, scope: Scope, read_body: ReadBody) -> Answer | None:
        """Return the answer to a request, None for one that is not ordinary; raise what nobody expected."""
        plan = self._find(scope)
        return None if plan is None else await self._answer(plan, scope, read_body)

    async def _answer(self, plan: _Plan, scope: Scope, read_body: ReadBody) -> Answer | None:
        try:
            ordinary = await self._read_ordinary(plan, scope, read_body)
        except (NotAuthenticated, ValueError):
            # So that whoever is called then does not look again.
            scope[_UNUSUAL] = True
            return None
        scope["route"] = plan.route
        try:
            return await _endpoints_answer(plan, ordinary)
        except (OvationError, *DATABASE_ERRORS) as refusal:
            return answer_of(problem_for(refusal, request_id(scope)))

    def _find(self, scope: Scope) -> _Plan | None:
        if _UNUSUAL in scope:
            return None
        path = scope["path"]
        for plan in self._plans.get(scope["method"], ()):
            if plan.matches(path):
                return plan
        return None

    async def _read_ordinary(self, plan: _Plan, scope: Scope, read_body: ReadBody) -> _Ordinary:
        """Return what the request brings along; raise for one that is not ordinary."""
        # Of a header that comes twice, or again behind the body, the first counts, as everywhere else.
        headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        participant = body = None
        path_value = plan.path_value(scope["path"])
        if plan.access is not None:
            participant = await find_participant(_participant_token(headers))
            # For the access line, which another request's timer may write.
            scope["state"]["log_keys"] = log_keys.thread_safe_get_current_keys()
        if plan.body_model is not None:
            if headers.get(b"content-type") not in _JSON:
                raise _TakeTheLongWay
            if announces_more(headers.get(b"content-length", b""), self._max_body_bytes):
                raise _TakeTheLongWay
            content = await read_body()
            if content is None or len(content) > self._max_body_bytes:
                raise _TakeTheLongWay
            body = plan.body_model.model_validate_json(content)
        return _Ordinary(scope, path_value, participant, body)

    async def _body(self, receive: Receive, read: list[Message]) -> bytes | None:
        body = b""
        while len(body) <= self._max_body_bytes:
            message = await receive()
            read.append(message)
            if message["type"] != "http.request":
                return None
            body += bytes(message.get("body", b""))
            if not message.get("more_body", False):
                return body
        return None


async def _endpoints_answer(plan: _Plan, ordinary: _Ordinary) -> Answer:
    if plan.access is not None and ordinary.participant is not None:
        plan.access.admit(ordinary.participant)
    answer: BaseModel = await plan.route.endpoint(**await plan.arguments.make(ordinary))
    body = pydantic_core.to_json(answer)
    headers = (
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    )
    return Answer(plan.status, headers, body)


def _participant_token(headers: Mapping[bytes, bytes]) -> str:
    token = participant_token(headers.get(b"authorization", b""))
    if token is None:
        raise _TakeTheLongWay
    return token


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
    parameters = inspect.signature(route.endpoint, eval_str=True).parameters
    access = body_model = None
    for parameter in parameters.values():
        dependency = _dependency(parameter)
        if isinstance(dependency, ParticipantAccess):
            access = dependency
        elif _is_model(parameter):
            body_model = parameter.annotation
    return _Plan(
        route=route,
        status=route.status_code or 200,
        prefix=prefix,
        suffix=suffix,
        has_path_value=bool(path_parameter),
        access=access,
        body_model=body_model,
        arguments=_arguments(parameters, path_parameter),
    )


def _arguments(parameters: Mapping[str, inspect.Parameter], path_parameter: str) -> _Arguments:
    brought, found = [], []
    for name, parameter in parameters.items():
        dependency = _dependency(parameter)
        if dependency is None or isinstance(dependency, ParticipantAccess):
            brought.append((name, _brought(parameter, path_parameter)))
        else:
            found.append((name, _result_of(dependency, path_parameter)))
    return _Arguments(brought, found)


def _brought(parameter: inspect.Parameter, path_parameter: str) -> Callable[[_Ordinary], Any]:
    if _dependency(parameter) is not None:
        return attrgetter("participant")
    if parameter.annotation is Request:
        return _request
    if _is_model(parameter):
        return attrgetter("body")
    if parameter.name == path_parameter:
        return attrgetter("path_value")
    raise TypeError(f"the parameter {parameter.name} has no short way")


def _result_of(
    dependency: Callable[..., Awaitable[Any]], path_parameter: str
) -> Callable[[_Ordinary], Awaitable[Any]]:
    parameters = inspect.signature(dependency, eval_str=True).parameters
    if not parameters:
        return lambda ordinary: dependency()
    arguments = _arguments(parameters, path_parameter)

    async def call(ordinary: _Ordinary) -> Any:
        return await dependency(**await arguments.make(ordinary))

    return call


def _dependency(parameter: inspect.Parameter) -> Callable[..., Awaitable[Any]] | None:
    for each in get_args(parameter.annotation):
        if isinstance(each, Depends):
            return each.dependency
    return None


def _is_model(parameter: inspect.Parameter) -> bool:
    annotation = parameter.annotation
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _request(ordinary: _Ordinary) -> Request:
    return Request(ordinary.scope)
