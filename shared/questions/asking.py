"""SQL that asks a question: all of it in one round trip, the publishing too.

Every question is published under the event's lock. So nobody waits there for this process, which
may have a thousand others to answer between two statements.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID
from weakref import WeakValueDictionary

from shared.db.per_loop import PerLoop
from shared.db.pipeline import array_literal, transact
from shared.errors import Banned, EventNotLive, NotFound, OvationError
from shared.feed.announce import announce
from shared.feed.publish_new import PUBLISH_NEW
from shared.db.pipeline import bytea_literal
from shared.idempotency.claims import FIND_KEPT, KEEP_ANSWER, Claim, Kept
from shared.identifiers import new_id
from shared.identity.principals import ParticipantPrincipal
from shared.participants.writers import ADD_NEWCOMERS, IS_BANNED
from shared.questions import rules
from shared.questions.schemas import (
    AskQuestion,
    QuestionDetails,
    StaffQuestion,
    without_staff_fields,
)

_REFUSALS: Mapping[str, type[OvationError]] = {"banned": Banned, "event_not_live": EventNotLive}


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question that is about to be asked, with what the event's filter found in it."""

    author: ParticipantPrincipal
    request: AskQuestion
    flags: Sequence[str]
    id: UUID = field(default_factory=new_id)
    # Known before it is written, so that every body that shows it is, too.
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def staff_details(self, *, moderated: bool) -> StaffQuestion:
        """Return what the staff sees of it, when the event is moderated or not."""
        is_named = not self.request.anonymous
        return StaffQuestion(
            id=self.id,
            body=self.request.body,
            author_name=self.author.display_name if is_named else None,
            status=rules.first_status(moderated=moderated),
            upvotes=0,
            pinned=False,
            highlighted=False,
            replies=[],
            asked_at=self.asked_at,
            participant_id=self.author.participant_id if is_named else None,
            flags=list(self.flags),
            merged_into=None,
        )

    def details(self, *, moderated: bool) -> QuestionDetails:
        """Return what its author sees of it, and everyone once it is published."""
        return without_staff_fields(self.staff_details(moderated=moderated))


# A statement of its own: the next one's snapshot is taken when the lock is held.
_LOCK = "SELECT FROM events WHERE id = CAST(:event_id AS uuid) FOR NO KEY UPDATE"
_ASK = f"""
    WITH wanted AS (
        SELECT CAST(:event_id AS uuid) AS event_id,
               CAST(:participant_id AS uuid) AS participant_id,
               CAST(:participant_id AS uuid) AS principal_id,
               CAST(:display_name AS text) AS display_name,
               CAST(:anonymous AS boolean) AS anonymous
    ),
    kept AS ({FIND_KEPT}),
    judged AS (
        SELECT wanted.*, event.question_moderation AS moderated, event.slow_mode_s, last.since_s,
               CASE WHEN EXISTS (SELECT FROM kept) THEN 'kept'
                    WHEN {IS_BANNED} THEN 'banned'
                    WHEN event.status <> 'live' THEN 'event_not_live'
                    WHEN wanted.anonymous AND NOT event.allow_anonymous_questions THEN 'anonymous'
                    WHEN last.since_s < event.slow_mode_s THEN 'slow_mode'
                    ELSE 'accepted' END AS verdict
        FROM wanted JOIN events AS event ON event.id = wanted.event_id
        LEFT JOIN LATERAL (
            SELECT greatest(0, extract(epoch FROM clock_timestamp() - max(asked_at)))::float8
                   AS since_s
            FROM questions WHERE participant_id = wanted.participant_id HAVING count(*) > 0
        ) AS last ON true
    ),
    accepted AS (SELECT * FROM judged WHERE verdict = 'accepted'),
    {ADD_NEWCOMERS},
    asked AS (
        INSERT INTO questions
               (id, event_id, participant_id, body, anonymous, status, asked_at, flags)
        SELECT CAST(:id AS uuid), event_id, participant_id, CAST(:body AS text), anonymous,
               CASE WHEN moderated THEN CAST(:pending_status AS text)
                    ELSE CAST(:published_status AS text) END,
               CAST(:asked_at AS timestamptz), CAST(:flags AS text[])
        FROM accepted WHERE (SELECT count(*) FROM newcomers) >= 0
    ),
    counted AS (
        INSERT INTO tally_subjects (subject_id, event_id, kind)
        SELECT CAST(:id AS uuid), event_id, 'question' FROM accepted
    ),
    news AS (
        SELECT event_id, 'question' AS type, CAST(:id AS uuid) AS entity_id,
               CASE WHEN NOT moderated THEN CAST(:public AS text) END AS public,
               CASE WHEN moderated THEN CAST(:pending AS text)
                    ELSE CAST(:published AS text) END AS staff
        FROM accepted
    ),
    {PUBLISH_NEW},
    answers AS (
        SELECT principal_id,
               CASE WHEN moderated THEN CAST(:pending_answer AS bytea)
                    ELSE CAST(:published_answer AS bytea) END AS sealed_body
        FROM accepted
    ),
    {KEEP_ANSWER}
    SELECT verdict, moderated, since_s, slow_mode_s,
           kept.request_hash, kept.status, kept.sealed_body
    FROM judged LEFT JOIN kept ON true
"""  # nosec B608  # of our own constants


async def ask(question: NewQuestion, claim: Claim | None) -> QuestionDetails | Kept:
    """Add the question and publish it: to everyone, or to the staff when the event is moderated.

    Return it, or what was answered when the same claim came before. Raise what refuses it.
    """
    event_id = question.author.event_id
    lock = (_LOCK, {"event_id": event_id})
    asked = (_ASK, _parameters(question, claim))
    async with _turn(event_id):
        rows = await transact([lock, asked], is_batch=False)
    if not rows:
        raise NotFound("There is no such event.")
    verdict, moderated, since_s, slow_mode_s, *kept = rows[0]
    if verdict == "kept":
        return Kept(*kept)
    if verdict in _REFUSALS:
        raise _REFUSALS[verdict]()
    rules.check_anonymous(asked=question.request.anonymous, allowed=verdict != "anonymous")
    if verdict == "slow_mode":
        rules.check_rest(since_s, slow_mode_s=slow_mode_s)
    announce(event_id)
    return question.details(moderated=moderated)


_turns = PerLoop[WeakValueDictionary[UUID, asyncio.Lock]](WeakValueDictionary)


def _turn(event_id: UUID) -> asyncio.Lock:
    """Return what lets one question of an event through at a time.

    They would wait for each other at the event's lock, each with one of the few connections.
    """
    return _turns.get().setdefault(event_id, asyncio.Lock())


def _parameters(question: NewQuestion, claim: Claim | None) -> dict[str, object]:
    author = question.author
    published, pending = (question.staff_details(moderated=each) for each in (False, True))
    public = without_staff_fields(published)
    return {
        "event_id": author.event_id,
        "participant_id": author.participant_id,
        "display_name": author.display_name,
        "id": question.id,
        "body": question.request.body,
        "anonymous": question.request.anonymous,
        "asked_at": question.asked_at.isoformat(),
        "flags": array_literal(question.flags),
        "published_status": published.status,
        "pending_status": pending.status,
        "public": public.model_dump_json(),
        "published": published.model_dump_json(),
        "pending": pending.model_dump_json(),
        "key_hash": claim and bytea_literal(claim.key_hash),
        "request_hash": claim and bytea_literal(claim.request_hash),
        "published_answer": claim and bytea_literal(claim.seal(public)),
        "pending_answer": claim and bytea_literal(claim.seal(without_staff_fields(pending))),
    }
