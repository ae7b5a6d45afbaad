"""A host or moderator undoes a merge: the question is as it was, and the other one loses what it brought."""

from typing import Annotated

from fastapi import Depends

from shared.errors import InvalidTransition
from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuestionId, question_access
from shared.questions.merging import unmerge_question as unmerge
from shared.questions.queries import find_question
from shared.questions.schemas import StaffQuestion

router = endpoint_router("questions")


@router.delete(
    "/v1/questions/{question_id}/merge",
    summary="Undo a merge",
    responses=problems(*AUTHENTICATED, *ON_A_THING, InvalidTransition),
)
async def unmerge_question(
    access: Annotated[EventAccess, Depends(question_access("unmerge_question"))],
    question_id: QuestionId,
    session: WriteSession,
) -> StaffQuestion:
    """Let the question stand for itself again. No merge, or a second time: the same answer."""
    await lock_event(session, access.event_id)
    return await unmerge(session, await find_question(session, question_id))
