"""A host runs a quiz: starts it, shows the next question, reveals what is right, finishes it.

The reveal scores every answer that was received before it, and none that comes after. Refuses what
does not follow from the quiz's state, a second quiz at once, and to go on in an event that has ended.
"""

from typing import Annotated

from fastapi import Depends

from shared.errors import EventNotLive, InvalidTransition
from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuizId, quiz_access
from shared.quizzes.queries import change_quiz, find_quiz
from shared.quizzes.schemas import QuizDetails, UpdateQuiz, quiz_details

router = endpoint_router("quizzes")


@router.patch(
    "/v1/quizzes/{quiz_id}",
    summary="Run a quiz",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, InvalidTransition, EventNotLive),
)
async def update_quiz(
    access: Annotated[EventAccess, Depends(quiz_access("update_quiz"))],
    quiz_id: QuizId,
    request: UpdateQuiz,
    session: WriteSession,
) -> QuizDetails:
    """Go on. The states are draft, lobby, question and reveal for each question, then finished."""
    event = await lock_event(session, access.event_id)
    if event.status == "ended":
        raise EventNotLive()
    quiz = await find_quiz(session, quiz_id)
    await change_quiz(session, event, quiz, request.action, opens_in_ms=request.opens_in_ms)
    return quiz_details(quiz)
