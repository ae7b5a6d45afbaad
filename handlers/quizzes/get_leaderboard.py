"""Whoever may see a quiz reads who stands highest since the last reveal; a participant, itself too.

Before the first reveal nobody stands anywhere.
"""

from shared.errors import NotFound
from shared.http.access import MaybePrincipal
from shared.http.endpoint import (
    ANYONE_TOO,
    AUTHENTICATED,
    ON_A_THING,
    endpoint_router,
    problems,
)
from shared.http.sessions import SnapshotSession
from shared.http.thing_access import QuizId, reads_as_staff
from shared.identity.principals import ParticipantPrincipal
from shared.quizzes.schemas import QuizLeaderboard
from shared.quizzes.standing import find_leaderboard, find_standing, find_state

router = endpoint_router("quizzes")


@router.get(
    "/v1/quizzes/{quiz_id}/leaderboard",
    summary="Read a quiz's leaderboard",
    openapi_extra=ANYONE_TOO,
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def get_leaderboard(
    principal: MaybePrincipal, quiz_id: QuizId, session: SnapshotSession
) -> QuizLeaderboard:
    """Return the twenty best as the feed shows them, and where the caller stands, if it plays."""
    staff = principal is not None and await reads_as_staff(principal, "quiz", quiz_id)
    if await find_state(session, quiz_id) == "draft" and not staff:
        raise NotFound("There is no such quiz.")
    me = None
    if isinstance(principal, ParticipantPrincipal):
        me = await find_standing(session, quiz_id, principal.participant_id)
    board = await find_leaderboard(session, quiz_id)
    return QuizLeaderboard(**dict(board), me=me)
