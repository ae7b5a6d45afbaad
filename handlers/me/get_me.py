"""A participant reads what is its own: votes, upvotes, questions and answers.

Its questions are there whatever became of them."""

from typing import Annotated

from fastapi import Depends

from shared.events.queries import find_event
from shared.http.access import participant_event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import ReadSession
from shared.identity.principals import ParticipantPrincipal
from shared.participants.schemas import Me, MyVote
from shared.polls.votes import list_votes
from shared.questions.queries import list_questions
from shared.questions.upvotes import list_upvoted
from shared.quizzes.standing import find_my_quiz

router = endpoint_router("me")


@router.get(
    "/v1/events/{event_id}/me",
    summary="Read what is mine",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def get_me(
    me: Annotated[ParticipantPrincipal, Depends(participant_event_access("get_me", writes=False))],
    session: ReadSession,
) -> Me:
    """Return the participant's own votes, upvotes, questions and answers: what the feed never holds."""
    # The token outlives an event that was erased.
    await find_event(session, me.event_id)
    quiz = await find_my_quiz(session, event_id=me.event_id, participant_id=me.participant_id)
    votes = await list_votes(session, me.participant_id)
    return Me(
        participant_id=me.participant_id,
        display_name=me.display_name,
        votes=[MyVote.model_validate({"poll_id": v.poll_id, "vote": v.ballot}) for v in votes],
        upvotes=await list_upvoted(session, me.participant_id),
        questions=await list_questions(session, me.participant_id),
        quiz=quiz,
    )
