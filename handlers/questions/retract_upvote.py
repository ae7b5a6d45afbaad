"""A participant takes its upvote back."""

from typing import Annotated

from fastapi import Depends

from shared.errors import Banned, EventNotLive, QuestionMerged
from shared.http.access import ParticipantAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.thing_access import QuestionId
from shared.identity.principals import ParticipantPrincipal
from shared.questions.schemas import UpvoteReceipt
from shared.questions.upvote_queue import Upvotes
from shared.questions.upvotes import UpvoteWrite

router = endpoint_router("questions")


@router.delete(
    "/v1/questions/{question_id}/upvote",
    summary="Retract my upvote",
    responses=problems(*AUTHENTICATED, Banned, *ON_A_THING, EventNotLive, QuestionMerged),
)
async def retract_upvote(
    voter: Annotated[ParticipantPrincipal, Depends(ParticipantAccess("retract_upvote"))],
    question_id: QuestionId,
    upvotes: Upvotes,
) -> UpvoteReceipt:
    """Take the caller's upvote back. No upvote, or a second time: the same answer."""
    await upvotes.submit(UpvoteWrite(question_id, voter, False))
    return UpvoteReceipt(question_id=question_id, upvoted=False)
