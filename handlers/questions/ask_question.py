"""A participant asks a question: public at once, or pending where the event is moderated.

Refuses the next one within the event's slow mode (429). Words of its filter are flagged for the staff.
"""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.errors import Banned, EventNotLive, SlowMode
from shared.events.queries import lock_event
from shared.events.rules import check_live
from shared.http.access import participant_event_access
from shared.http.endpoint import (
    AUTHENTICATED,
    ON_A_THING,
    WITH_BODY,
    burst_handler,
    endpoint_router,
    problems,
)
from shared.http.idempotency import REUSED_KEY, OnceDep
from shared.http.sessions import WriteSession
from shared.identity.principals import ParticipantPrincipal
from shared.participants.queries import check_not_banned
from shared.questions.flags import flag
from shared.questions.queries import insert_question, since_last_question_s
from shared.questions.rules import check_anonymous, check_rest
from shared.questions.schemas import AskQuestion, QuestionDetails

router = endpoint_router("questions")


@router.post(
    "/v1/events/{event_id}/questions",
    status_code=201,
    response_model=QuestionDetails,
    summary="Ask a question",
    responses=problems(
        *AUTHENTICATED, Banned, *ON_A_THING, *WITH_BODY, *REUSED_KEY, EventNotLive, SlowMode
    ),
)
async def ask_question(
    author: Annotated[ParticipantPrincipal, Depends(participant_event_access("ask_question"))],
    request: AskQuestion,
    session: WriteSession,
    once: OnceDep,
) -> Response:
    """Ask. In a moderated event the question is `pending`: its author finds it in `/me`."""

    async def create() -> QuestionDetails:
        # Before the lock, which nobody shall wait for.
        flags = await flag(session, author, request)
        event = await lock_event(session, author.event_id)
        await check_not_banned(session, author)
        check_live(event.status)
        check_anonymous(asked=request.anonymous, allowed=event.allow_anonymous_questions)
        since_last_s = await since_last_question_s(session, author.participant_id)
        check_rest(since_last_s, slow_mode_s=event.slow_mode_s)
        return await insert_question(session, event, author=author, request=request, flags=flags)

    return await once(session, author, request, create)


handler = burst_handler(router)
