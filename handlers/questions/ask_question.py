"""A participant asks a question: public at once, or pending where the event is moderated.

Refuses the next one within the event's slow mode (429). Words of its filter are flagged for the staff.
"""

from functools import partial
from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.errors import Banned, EventNotLive, SlowMode
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
from shared.identity.principals import ParticipantPrincipal
from shared.questions.asking import NewQuestion, ask
from shared.questions.flags import flag
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
    once: OnceDep,
) -> Response:
    """Ask. In a moderated event the question is `pending`: its author finds it in `/me`."""
    # Before the lock, which nobody shall wait for.
    question = NewQuestion(author, request, await flag(author, request))
    return await once.in_one_flight(request, partial(ask, question))


handler = burst_handler(router)
