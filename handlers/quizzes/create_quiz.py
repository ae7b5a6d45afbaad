"""A host makes a quiz with all its questions: a draft that only the staff sees.

Refuses a question without a right option, or with two options that look the same.
"""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.events.queries import lock_event
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.idempotency import REUSED_KEY, OnceDep
from shared.http.sessions import WriteSession
from shared.quizzes.queries import insert_quiz
from shared.quizzes.rules import check_questions
from shared.quizzes.schemas import CreateQuiz, QuizDetails, quiz_details

router = endpoint_router("quizzes")


@router.post(
    "/v1/events/{event_id}/quizzes",
    status_code=201,
    response_model=QuizDetails,
    summary="Make a quiz",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, *REUSED_KEY),
)
async def create_quiz(
    access: Annotated[EventAccess, Depends(event_access("create_quiz"))],
    request: CreateQuiz,
    session: WriteSession,
    once: OnceDep,
) -> Response:
    """Make a draft quiz. The audience sees it once it is started, and a question once it is next."""
    check_questions(request.questions)

    async def create() -> QuizDetails:
        event = await lock_event(session, access.event_id)
        return quiz_details(await insert_quiz(session, event_id=event.id, request=request))

    return await once(session, access.principal, request, create)
