"""SQL on what is a participant's own: what each domain has of it, in one statement and so of one moment.

PostgreSQL puts the answer together: a hall that opens the page at once asks for it as often as it joins.
"""

from sqlalchemy import text

from shared.db.engines import read_session
from shared.errors import NotFound
from shared.identity.principals import ParticipantPrincipal
from shared.participants.schemas import Me
from shared.polls.votes import MY_VOTES
from shared.questions.queries import MY_QUESTIONS
from shared.questions.upvotes import MY_UPVOTES
from shared.quizzes.standing import MY_QUIZ

_ME = text(f"""
    SELECT json_build_object(
        'participant_id', CAST(:participant_id AS uuid),
        'display_name', CAST(:display_name AS text),
        'votes', ({MY_VOTES}),
        'upvotes', ({MY_UPVOTES}),
        'questions', ({MY_QUESTIONS}),
        'quiz', ({MY_QUIZ})
    )::text
    FROM events AS event WHERE event.id = :event_id
""")  # nosec B608  # of our own constants


async def find_own(participant: ParticipantPrincipal) -> Me:
    """Return what is the participant's own; raise `NotFound` when its event is gone."""
    parameters = {
        "event_id": participant.event_id,
        "participant_id": participant.participant_id,
        "display_name": participant.display_name,
    }
    async with read_session() as session:
        own = await session.scalar(_ME, parameters)
    # The token outlives an event that was erased.
    if own is None:
        raise NotFound("There is no such event.")
    return Me.model_validate_json(own)
