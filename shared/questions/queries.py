"""SQL on questions and replies; that on upvotes is in `shared.questions.upvotes`, asking in `.asking`."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from shared.db.engines import AsyncReadSession
from shared.errors import FieldError, InvalidRequest, NotFound
from shared.events.queries import shut_audience_gate
from shared.feed.history import erase_history
from shared.feed.publish import Publication, publish
from shared.identifiers import new_id
from shared.questions import rules
from shared.questions.models import Question, Reply
from shared.questions.schemas import (
    ReplyDetails,
    StaffQuestion,
    UpdateQuestion,
    staff_question,
    without_staff_fields,
)
from shared.tally.models import TallySubject
from shared.tally.queries import read_tallies

# One value: what the participant asked, oldest first, whatever became of it, as /me shows it.
MY_QUESTIONS = f"""
    SELECT coalesce(json_agg(json_build_object(
        'id', question.id,
        'body', question.body,
        'author_name', CASE WHEN NOT question.anonymous THEN author.display_name END,
        'status', question.status,
        'upvotes', (
            SELECT coalesce(sum(counter.count), 0)::bigint FROM tally_counters AS counter
            WHERE counter.subject_id = question.id AND counter.key = '{rules.UPVOTES}'
        ),
        'pinned', question.pinned,
        'highlighted', question.highlighted,
        'replies', (
            SELECT coalesce(json_agg(json_build_object(
                'id', reply.id, 'author_name', reply.author_name,
                'body', reply.body, 'created_at', reply.created_at
            ) ORDER BY reply.id), '[]')
            FROM replies AS reply WHERE reply.question_id = question.id
        ),
        'asked_at', question.asked_at
    ) ORDER BY question.id), '[]')
    FROM questions AS question JOIN participants AS author ON author.id = question.participant_id
    WHERE question.participant_id = CAST(:participant_id AS uuid)
"""  # nosec B608  # of our own constants


def _select() -> Select[Question]:
    return select(Question).options(selectinload(Question.author), selectinload(Question.replies))


async def find_question(session: AsyncSession | AsyncReadSession, question_id: UUID) -> Question:
    """Return the question with its author and replies; raise `NotFound` when there is none."""
    question = await session.scalar(
        _select().where(Question.id == question_id).execution_options(populate_existing=True)
    )
    if question is None:
        raise NotFound("There is no such question.")
    return question


async def find_target(session: AsyncSession, question: Question, into_id: UUID) -> Question:
    """Return the other question of the event; raise `InvalidRequest` for none, or for the same."""
    into = await session.get(Question, into_id)
    if into is None or into.event_id != question.event_id or into.id == question.id:
        message = "must be another question of the event"
        raise InvalidRequest([FieldError(("body", "into"), message)])
    return into


async def change_question(
    session: AsyncSession, question: Question, request: UpdateQuestion
) -> StaffQuestion:
    """Write what the request changes, and publish it; the event must be locked.

    A question that leaves the audience's feed loses its marks. Raise `InvalidTransition` for a mark
    on a question that the audience does not see, `QuestionMerged` for one that is merged.
    """
    rules.check_not_merged(question.merged_into)
    if request.status is not None:
        question.status = request.status
        if not rules.is_public(request.status):
            question.pinned = question.highlighted = False
    rules.check_marks(
        question.status, pinned=bool(request.pinned), highlighted=bool(request.highlighted)
    )
    if request.pinned is not None:
        question.pinned = request.pinned
    if request.highlighted is not None:
        question.highlighted = request.highlighted
    await session.flush()
    return await publish_question(session, question.event_id, question.id)


async def add_reply(
    session: AsyncSession, event_id: UUID, question_id: UUID, *, author_name: str, body: str
) -> ReplyDetails:
    """Add a reply below the question, and publish it; the event must be locked.

    Raise `TooManyReplies` when there is no room for another, `QuestionMerged` for a merged question.
    """
    question = await find_question(session, question_id)
    rules.check_not_merged(question.merged_into)
    rules.check_room_for_reply(len(question.replies))
    reply = Reply(id=new_id(), question_id=question_id, author_name=author_name, body=body)
    session.add(reply)
    await session.flush()
    await session.refresh(reply)
    await publish_question(session, event_id, question_id)
    return ReplyDetails.model_validate(reply, from_attributes=True)


async def erase_question(session: AsyncSession, question: Question) -> None:
    """Delete the question with its upvotes and replies, and publish that it is gone."""
    # Otherwise an upvote under way would lose its question, or the two would deadlock over its count.
    await shut_audience_gate(session, question.event_id)
    await delete_questions(session, question.event_id, [question.id])


async def delete_questions(
    session: AsyncSession, event_id: UUID, question_ids: Sequence[UUID]
) -> None:
    """Delete the questions and all that hangs on them, and publish it; the gate must be shut.

    What was merged into one of them stands for itself again. What one of them brought to another
    stays there.
    """
    merged = select(Question.id).where(
        Question.merged_into.in_(question_ids), Question.id.not_in(question_ids)
    )
    left = list(await session.scalars(merged))
    await session.execute(delete(Question).where(Question.id.in_(question_ids)))
    await session.execute(delete(TallySubject).where(TallySubject.subject_id.in_(question_ids)))
    gone = [Publication("question", each, public=None, staff=None) for each in question_ids]
    await publish(session, event_id, gone)
    await erase_history(session, event_id, [("question", each) for each in question_ids])
    await publish_questions(session, event_id, left)


def _is_public(question: StaffQuestion) -> bool:
    return rules.is_public(question.status) and question.merged_into is None


async def publish_question(
    session: AsyncSession, event_id: UUID, question_id: UUID
) -> StaffQuestion:
    """Publish one question as it is now, and return what the staff sees of it."""
    published = await publish_questions(session, event_id, [question_id])
    if not published:
        raise NotFound("There is no such question.")
    return published[0]


async def publish_questions(
    session: AsyncSession, event_id: UUID, question_ids: Sequence[UUID]
) -> list[StaffQuestion]:
    """Publish questions as they are now; those that the audience may not see become tombstones."""
    questions = await session.scalars(
        _select().where(Question.id.in_(question_ids)).execution_options(populate_existing=True)
    )
    tallies = await read_tallies(session, question_ids)
    shown = [
        staff_question(question, upvotes=tallies[question.id].get(rules.UPVOTES, 0))
        for question in questions
    ]
    await publish(
        session,
        event_id,
        [
            Publication(
                "question",
                details.id,
                public=without_staff_fields(details) if _is_public(details) else None,
                staff=details,
            )
            for details in shown
        ],
    )
    return shown
