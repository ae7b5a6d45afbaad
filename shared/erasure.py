"""Erasing: a participant, with all that it wrote in whatever domain, or an event with everything in it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.queries import shut_audience_gate
from shared.events.queries import forget_joinable
from shared.events.models import Event
from shared.events.queries import delete_event
from shared.participants.queries import ban, delete_participant
from shared.polls.erasure import erase_votes, shut_open_polls
from shared.polls.queries import find_poll_ids, shut_gates
from shared.questions.erasure import erase_questions_and_upvotes
from shared.quizzes.erasure import erase_answers, shut_open_question
from shared.quizzes.queries import find_question_ids, shut_answer_gates
from shared.reactions.queries import erase_reactions


async def erase_participant(session: AsyncSession, event_id: UUID, participant_id: UUID) -> None:
    """Delete what the participant wrote, correct every count, and publish both; once for all.

    The event must be locked. First every gate is shut: what the participant is writing now is either
    there to be erased, or is judged after the commit, and then refused, since who is erased is also
    banned. Otherwise a client that sends once more what it sent before would undo the erasure.
    """
    await shut_open_polls(session, event_id)
    await shut_open_question(session, event_id)
    await shut_audience_gate(session, event_id)
    await ban(session, [event_id], participant_id)
    await erase_votes(session, event_id, participant_id)
    await erase_answers(session, event_id, participant_id)
    await erase_questions_and_upvotes(session, event_id, participant_id)
    await erase_reactions(session, event_id, participant_id)
    await delete_participant(session, participant_id)


async def erase_event(session: AsyncSession, event: Event) -> None:
    """Delete the locked event with everything in it, when what the audience is writing is written."""
    await shut_gates(session, await find_poll_ids(session, event.id))
    await shut_answer_gates(session, await find_question_ids(session, event.id))
    await shut_audience_gate(session, event.id)
    await delete_event(session, event.id)
    forget_joinable(session, event.join_code)
