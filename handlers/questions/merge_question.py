"""A host or moderator merges a duplicate into another question: who supported both counts once.

The duplicate leaves the audience's feed, and takes neither upvotes nor changes until it is undone.
"""

from typing import Annotated

from fastapi import Depends

from shared.errors import InvalidTransition
from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import QuestionId, question_access
from shared.questions.merging import merge_question as merge
from shared.questions.queries import find_question, find_target
from shared.questions.schemas import MergeQuestion, StaffQuestion

router = endpoint_router("questions")


@router.post(
    "/v1/questions/{question_id}/merge",
    summary="Merge a duplicate",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, InvalidTransition),
)
async def merge_question(
    access: Annotated[EventAccess, Depends(question_access("merge_question"))],
    question_id: QuestionId,
    request: MergeQuestion,
    session: WriteSession,
) -> StaffQuestion:
    """Merge the question into another one of the event. The same again: the same answer."""
    await lock_event(session, access.event_id)
    question = await find_question(session, question_id)
    return await merge(session, question, await find_target(session, question, request.into))
