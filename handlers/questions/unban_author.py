"""A host or moderator lifts the ban of whoever asked a question."""

from typing import Annotated

from fastapi import Depends

from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuestionId, question_access
from shared.participants.queries import unban
from shared.questions.queries import find_question
from shared.questions.schemas import AuthorBanReceipt

router = endpoint_router("questions")


@router.delete(
    "/v1/questions/{question_id}/author/ban",
    summary="Lift the ban of a question's author",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def unban_author(
    access: Annotated[EventAccess, Depends(question_access("unban_author"))],
    question_id: QuestionId,
    session: WriteSession,
) -> AuthorBanReceipt:
    """Let the author write again. No ban, or a second time: the same answer."""
    question = await find_question(session, question_id)
    await unban(session, [access.event_id], question.participant_id)
    return AuthorBanReceipt(question_id=question_id, banned=False)
