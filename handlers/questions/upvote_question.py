"""A participant supports a question: one upvote each, however often it is sent."""

from typing import Annotated

from fastapi import Depends

from shared.errors import Banned, EventNotLive, QuestionMerged
from shared.http.access import ParticipantAccess
from shared.http.endpoint import (
    AUTHENTICATED,
    ON_A_THING,
    burst_handler,
    endpoint_router,
    problems,
)
from shared.http.thing_access import QuestionId
from shared.identity.principals import ParticipantPrincipal
from shared.questions.schemas import UpvoteReceipt
from shared.questions.upvote_queue import Upvotes
from shared.questions.upvotes import UpvoteWrite

router = endpoint_router("questions")


@router.put(
    "/v1/questions/{question_id}/upvote",
    summary="Upvote a question",
    responses=problems(*AUTHENTICATED, Banned, *ON_A_THING, EventNotLive, QuestionMerged),
)
async def upvote_question(
    voter: Annotated[ParticipantPrincipal, Depends(ParticipantAccess("upvote_question"))],
    question_id: QuestionId,
    upvotes: Upvotes,
) -> UpvoteReceipt:
    """Support the question. A second time gives the same answer and counts nothing more."""
    await upvotes.submit(UpvoteWrite(question_id, voter, True))
    return UpvoteReceipt(question_id=question_id, upvoted=True)


handler = burst_handler(router)
