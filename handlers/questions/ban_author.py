"""A host or moderator bans whoever asked a question, also anonymously, and is not told who it is."""

from typing import Annotated

from fastapi import Depends

from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuestionId, question_access
from shared.participants.queries import ban
from shared.questions.queries import find_question
from shared.questions.schemas import AuthorBanReceipt

router = endpoint_router("questions")


@router.post(
    "/v1/questions/{question_id}/author/ban",
    summary="Ban a question's author",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def ban_author(
    access: Annotated[EventAccess, Depends(question_access("ban_author"))],
    question_id: QuestionId,
    session: WriteSession,
) -> AuthorBanReceipt:
    """Refuse the author's writes with 403 `banned`. A second time: the same answer."""
    question = await find_question(session, question_id)
    await ban(session, [access.event_id], question.participant_id)
    return AuthorBanReceipt(question_id=question_id, banned=True)
