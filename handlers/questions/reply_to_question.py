"""A host or moderator replies below a question; whoever sees the question sees the reply."""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.errors import QuestionMerged, TooManyReplies
from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.idempotency import REUSED_KEY, OnceDep
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuestionId, question_access
from shared.questions.queries import add_reply
from shared.questions.schemas import ReplyDetails, ReplyToQuestion

router = endpoint_router("questions")


@router.post(
    "/v1/questions/{question_id}/replies",
    status_code=201,
    response_model=ReplyDetails,
    summary="Reply to a question",
    responses=problems(
        *AUTHENTICATED, *ON_A_THING, *WITH_BODY, *REUSED_KEY, QuestionMerged, TooManyReplies
    ),
)
async def reply_to_question(
    access: Annotated[EventAccess, Depends(question_access("reply_to_question"))],
    question_id: QuestionId,
    request: ReplyToQuestion,
    session: WriteSession,
    once: OnceDep,
) -> Response:
    """Reply under the caller's name."""

    async def create() -> ReplyDetails:
        await lock_event(session, access.event_id)
        return await add_reply(
            session, access.event_id, question_id, author_name=access.name, body=request.body
        )

    return await once(session, access.principal, request, create)
