"""A host or moderator publishes, answers, dismisses, archives, pins or highlights a question."""

from typing import Annotated

from fastapi import Depends

from shared.errors import InvalidTransition, QuestionMerged
from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuestionId, question_access
from shared.questions.queries import change_question, find_question
from shared.questions.schemas import StaffQuestion, UpdateQuestion

router = endpoint_router("questions")


@router.patch(
    "/v1/questions/{question_id}",
    summary="Moderate a question",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, InvalidTransition, QuestionMerged),
)
async def update_question(
    access: Annotated[EventAccess, Depends(question_access("update_question"))],
    question_id: QuestionId,
    request: UpdateQuestion,
    session: WriteSession,
) -> StaffQuestion:
    """Change state or marks. A dismissed or archived question leaves the audience's feed."""
    await lock_event(session, access.event_id)
    question = await find_question(session, question_id)
    return await change_question(session, question, request)
