"""Dependencies that let a request to a poll, a quiz, a question or a person in: the caller's event has it.

Like those of `access` they run before the body is looked at. What is of another event is not there.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Path

from shared.errors import NotFound
from shared.http.access import CurrentPrincipal, EventAccess
from shared.identifiers import made_at
from shared.identity.policy import authorize
from shared.identity.principals import (
    OrganizerPrincipal,
    ParticipantPrincipal,
    Principal,
    Role,
)
from shared.identity.queries import Thing, find_events_of_newcomer, find_owner

AnnouncementId = Annotated[UUID, Path(description="The announcement")]
PollId = Annotated[UUID, Path(description="The poll")]
QuizId = Annotated[UUID, Path(description="The quiz")]
QuizQuestionId = Annotated[UUID, Path(description="The question of a quiz")]
ParticipantId = Annotated[UUID, Path(description="The participant")]
QuestionId = Annotated[UUID, Path(description="The question")]


async def check_thing(principal: Principal, kind: Thing, thing_id: UUID) -> EventAccess:
    """Return the access of a principal to a thing; raise `NotFound` unless it is of its own event."""
    owner = await find_owner(kind, thing_id)
    if owner is not None:
        if isinstance(principal, OrganizerPrincipal):
            own = owner.organizer_id == principal.organizer_id
        else:
            own = owner.event_id == principal.event_id
        if own:
            return EventAccess(principal, owner.event_id)
    raise NotFound(f"There is no such {kind}.")


async def reads_as_staff(principal: Principal, kind: Thing, thing_id: UUID) -> bool:
    """Tell whether the principal is of the staff of the thing's event.

    Raise `NotFound` when the thing is not of the principal's own event.
    """
    await check_thing(principal, kind, thing_id)
    return principal.role is not Role.PARTICIPANT


def poll_access(operation: str) -> Callable[..., Awaitable[EventAccess]]:
    """Return the dependency of a path with a poll_id."""

    async def check(principal: CurrentPrincipal, poll_id: PollId) -> EventAccess:
        authorize(principal, operation)
        return await check_thing(principal, "poll", poll_id)

    return check


def quiz_access(operation: str) -> Callable[..., Awaitable[EventAccess]]:
    """Return the dependency of a path with a quiz_id."""

    async def check(principal: CurrentPrincipal, quiz_id: QuizId) -> EventAccess:
        authorize(principal, operation)
        return await check_thing(principal, "quiz", quiz_id)

    return check


def question_access(operation: str) -> Callable[..., Awaitable[EventAccess]]:
    """Return the dependency of a path with a question_id."""

    async def check(principal: CurrentPrincipal, question_id: QuestionId) -> EventAccess:
        authorize(principal, operation)
        return await check_thing(principal, "question", question_id)

    return check


def participant_access(operation: str) -> Callable[..., Awaitable[EventAccess]]:
    """Return the dependency of a path with a participant_id, of somebody who has written something."""

    async def check(principal: CurrentPrincipal, participant_id: ParticipantId) -> EventAccess:
        authorize(principal, operation)
        return await check_thing(principal, "participant", participant_id)

    return check


def newcomer_access(operation: str) -> Callable[..., Awaitable[Sequence[UUID]]]:
    """Return the dependency of a path with a participant_id, also of somebody who wrote nothing yet.

    It yields the events that the participant may be in. Who wrote nothing is known to nobody but by
    the token, so it is taken to be of the caller's event: in any other the id means nothing.
    """

    async def check(principal: CurrentPrincipal, participant_id: ParticipantId) -> Sequence[UUID]:
        authorize(principal, operation)
        joined_at = made_at(participant_id)
        owner = await find_owner("participant", participant_id)
        if owner is None and joined_at and not isinstance(principal, ParticipantPrincipal):
            event_ids = await find_events_of_newcomer(principal, joined_at)
            if event_ids:
                return event_ids
        return [(await check_thing(principal, "participant", participant_id)).event_id]

    return check
