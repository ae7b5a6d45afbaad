"""Dependencies that let a request in: whose credential, which role, which event.

They run before the body is looked at, so that 401, 403 and 404 come before 422. Those of a path with a
poll, a quiz, a question or a person in it are in `thing_access`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.errors import Forbidden, NotAuthenticated, NotFound
from shared.http.client_ip import client_ip
from shared.http.rate_limits import limit_bad_credentials, limit_participant_writes
from shared.identity.credentials import (
    API_KEY_PREFIX,
    MEMBER_TOKEN_PREFIX,
    PARTICIPANT_TOKEN_PREFIX,
)
from shared.identity.policy import authorize
from shared.identity.principals import (
    MemberPrincipal,
    OrganizerPrincipal,
    ParticipantPrincipal,
    Principal,
)
from shared.identity.queries import find_member, find_organizer, find_owner
from shared.identity.tokens import signing_key_id, verify_participant_token
from shared.observability import log_keys, participant_hash
from shared.secrets import signing_keys_for
from shared.settings import get_settings

_bearer = HTTPBearer(
    auto_error=False,
    description="An organizer's API key (ovk_…), a member token (ovm_…) or a participant token (ovp_…)",
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]

EventId = Annotated[UUID, Path(description="The event")]


@dataclass(frozen=True, slots=True)
class EventAccess:
    """A caller whose role and event were found to fit."""

    principal: Principal
    event_id: UUID

    @property
    def name(self) -> str:
        """The name that what the caller writes is shown under."""
        if isinstance(self.principal, ParticipantPrincipal):
            return self.principal.display_name or ""
        return self.principal.name


async def find_participant(token: str) -> ParticipantPrincipal:
    """Return whose token it is, named in the request's log lines from now on.

    Raise `NotAuthenticated` when it is not accepted.
    """
    keys = await signing_keys_for(signing_key_id(token))
    participant = verify_participant_token(keys.keys, token)
    log_keys.thread_safe_append_keys(
        event_id=participant.event_id,
        participant=participant_hash(participant.participant_id),
    )
    return participant


async def find_principal(token: str) -> Principal:
    """Return whose credential it is; raise `NotAuthenticated` when it is not accepted."""
    principal: Principal | None = None
    if token.startswith(PARTICIPANT_TOKEN_PREFIX):
        principal = await find_participant(token)
    elif token.startswith(MEMBER_TOKEN_PREFIX):
        principal = await find_member(token)
    elif token.startswith(API_KEY_PREFIX):
        principal = await find_organizer(token)
    if principal is None:
        raise NotAuthenticated()
    return principal


async def optional_principal(request: Request, bearer: Bearer) -> Principal | None:
    """Return who asks, None without a credential; a bad one is refused and counted."""
    if "authorization" not in request.headers:
        return None
    try:
        if bearer is None:
            raise NotAuthenticated()
        return await find_principal(bearer.credentials)
    except NotAuthenticated:
        settings = get_settings()
        limit_bad_credentials(client_ip(request.scope, settings.trusted_proxy_hops))
        raise


MaybePrincipal = Annotated[Principal | None, Depends(optional_principal)]


async def required_principal(principal: MaybePrincipal) -> Principal:
    """Return who asks; raise `NotAuthenticated` without a credential."""
    if principal is None:
        raise NotAuthenticated()
    return principal


CurrentPrincipal = Annotated[Principal, Depends(required_principal)]


def permitted(operation: str) -> Callable[..., Awaitable[Principal]]:
    """Return the dependency that only looks at the role."""

    async def check(principal: CurrentPrincipal) -> Principal:
        authorize(principal, operation)
        return principal

    return check


def organizer_access(operation: str) -> Callable[..., Awaitable[OrganizerPrincipal]]:
    """Return the dependency that lets an organizer's API key in."""

    async def check(principal: CurrentPrincipal) -> OrganizerPrincipal:
        authorize(principal, operation)
        if not isinstance(principal, OrganizerPrincipal):
            raise Forbidden("An organizer's API key is needed.")
        return principal

    return check


class ParticipantAccess:
    """The dependency that lets a participant in; one that `writes`, as fast as the limit allows.

    That the thing is of the participant's event is checked where it is written.
    """

    def __init__(
        self,
        operation: str,
        *,
        writes: bool = True,
        limit: Callable[[UUID], None] = limit_participant_writes,
    ) -> None:
        self._operation = operation
        self._writes = writes
        self._limit = limit

    async def __call__(self, principal: CurrentPrincipal) -> ParticipantPrincipal:
        """Return who asks; raise what `admit` raises."""
        return self.admit(principal)

    def admit(self, principal: Principal) -> ParticipantPrincipal:
        """Return the participant; raise `Forbidden` for another role, `RateLimited` when too fast."""
        authorize(principal, self._operation)
        if not isinstance(principal, ParticipantPrincipal):
            raise Forbidden("A participant token is needed.")
        if self._writes:
            self._limit(principal.participant_id)
        return principal


async def check_event(principal: Principal, event_id: UUID) -> EventAccess:
    """Return the access of a principal to an event; raise unless it is the principal's own.

    `Forbidden` for a token of another event, `NotFound` for an event that is not the organizer's.
    """
    if isinstance(principal, OrganizerPrincipal):
        owner = await find_owner("event", event_id)
        if owner is None or owner.organizer_id != principal.organizer_id:
            raise NotFound("There is no such event.")
    else:
        check_own_event(principal, event_id)
    return EventAccess(principal, event_id)


def check_own_event(principal: MemberPrincipal | ParticipantPrincipal, event_id: UUID) -> None:
    """Raise `Forbidden` for a token of another event."""
    if principal.event_id != event_id:
        raise Forbidden("This credential is of another event.")


def event_access(operation: str) -> Callable[..., Awaitable[EventAccess]]:
    """Return the dependency of a path with an event_id."""

    async def check(principal: CurrentPrincipal, event_id: EventId) -> EventAccess:
        authorize(principal, operation)
        return await check_event(principal, event_id)

    return check


def participant_event_access(
    operation: str, *, writes: bool = True
) -> Callable[..., Awaitable[ParticipantPrincipal]]:
    """Return the dependency of a participant's own path below an event."""
    access = ParticipantAccess(operation, writes=writes)

    async def check(principal: CurrentPrincipal, event_id: EventId) -> ParticipantPrincipal:
        participant = access.admit(principal)
        await check_event(participant, event_id)
        return participant

    return check


async def client_address(request: Request) -> str:
    """Return the address that the request came from, as far as our own proxies tell it."""
    return client_ip(request.scope, get_settings().trusted_proxy_hops)


ClientAddress = Annotated[str, Depends(client_address)]
