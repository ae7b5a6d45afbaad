"""The staff reads a quiz with all its questions, and what is right."""

from fastapi import Depends

from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import SnapshotSession
from shared.http.thing_access import QuizId, quiz_access
from shared.quizzes.queries import find_quiz
from shared.quizzes.schemas import QuizDetails, quiz_details

router = endpoint_router("quizzes")


@router.get(
    "/v1/quizzes/{quiz_id}",
    summary="Read a quiz",
    dependencies=[Depends(quiz_access("get_quiz"))],
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def get_quiz(quiz_id: QuizId, session: SnapshotSession) -> QuizDetails:
    """Return the quiz with every question, shown or not."""
    return quiz_details(await find_quiz(session, quiz_id))
