"""A host or moderator erases a question with its upvotes and replies."""

from typing import Annotated

from fastapi import Depends

from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuestionId, question_access
from shared.questions.queries import erase_question, find_question

router = endpoint_router("questions")


@router.delete(
    "/v1/questions/{question_id}",
    status_code=204,
    summary="Erase a question",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def delete_question(
    access: Annotated[EventAccess, Depends(question_access("delete_question"))],
    question_id: QuestionId,
    session: WriteSession,
) -> None:
    """Erase the question with its upvotes and replies."""
    await lock_event(session, access.event_id)
    await erase_question(session, await find_question(session, question_id))
