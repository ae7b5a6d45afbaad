"""A host erases a quiz with its questions, answers and scores."""

from typing import Annotated

from fastapi import Depends

from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuizId, quiz_access
from shared.quizzes.erasure import erase_quiz
from shared.quizzes.queries import find_quiz

router = endpoint_router("quizzes")


@router.delete(
    "/v1/quizzes/{quiz_id}",
    status_code=204,
    summary="Erase a quiz",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def delete_quiz(
    access: Annotated[EventAccess, Depends(quiz_access("delete_quiz"))],
    quiz_id: QuizId,
    session: WriteSession,
) -> None:
    """Erase the quiz with everything in it, whatever its state."""
    await lock_event(session, access.event_id)
    await erase_quiz(session, await find_quiz(session, quiz_id))
