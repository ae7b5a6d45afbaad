"""SQL on answers: one statement takes a whole batch, each exactly once, by the time of its receipt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db.gates import pass_gates
from shared.db.pipeline import array_literal, transact
from shared.errors import (
    AlreadyAnswered,
    Banned,
    EventNotLive,
    NotFound,
    OvationError,
    TooEarly,
    TooLate,
)
from shared.identity.principals import ParticipantPrincipal
from shared.observability import metrics
from shared.participants.writers import ADD_NEWCOMERS, IS_BANNED
from shared.quizzes.counters import ANSWERED, option_counter
from shared.quizzes.gate import gate_key
from shared.tally.moves import MOVE_COUNTERS, next_shard

_REFUSALS: Mapping[str, type[OvationError]] = {
    "not_found": NotFound,
    "banned": Banned,
    "event_not_live": EventNotLive,
    "too_early": TooEarly,
    "too_late": TooLate,
}


@dataclass(frozen=True, slots=True)
class AnswerWrite:
    """An answer to write: what was chosen, when it came, and what its way is credited with, ms."""

    question_id: UUID
    participant: ParticipantPrincipal
    option_ids: tuple[UUID, ...]
    received_at: datetime
    credit_ms: int

    @property
    def key(self) -> tuple[int, int]:
        """The row it writes, as numbers: `UUID.__hash__` is Python code, a number's is not."""
        return self.question_id.int, self.participant.participant_id.int


# `timed` trusts the process's clock for how long an answer waited in it, and for no more: never ahead
# of the database's, and never further behind than anything waits. `judged` decides on each; one that
# is there already is left as it is, also when another batch wrote it after this snapshot: then the
# insert meets it, in one order, and gives it back unchanged.
_WRITE_ANSWERS = f"""
    WITH wanted AS (
        SELECT * FROM unnest(
            CAST(:question_ids AS uuid[]), CAST(:participant_ids AS uuid[]),
            CAST(:event_ids AS uuid[]), CAST(:display_names AS text[]), CAST(:chosen AS text[]),
            CAST(:counts AS text[]), CAST(:received AS timestamptz[]), CAST(:credits AS integer[])
        ) WITH ORDINALITY
          AS wanted (question_id, participant_id, event_id, display_name, chosen, counts, received,
                     credit_ms, position)
    ),
    timed AS (
        SELECT wanted.*, question.position AS number, question.opens_at, quiz.state, quiz.position
               AS shown, event.status, coalesce(accommodation.time_factor, 1) AS time_factor,
               least(greatest(received, clock_timestamp() - interval '10 s'), clock_timestamp())
               AS received_at,
               {IS_BANNED} AS is_banned,
               extract(epoch FROM question.closes_at - question.opens_at) * 1000 AS limit_ms
        FROM wanted
        LEFT JOIN (quiz_questions AS question JOIN quizzes AS quiz ON quiz.id = question.quiz_id)
               ON question.id = wanted.question_id AND quiz.event_id = wanted.event_id
        LEFT JOIN events AS event ON event.id = quiz.event_id
        LEFT JOIN accommodations AS accommodation
               ON accommodation.event_id = wanted.event_id
              AND accommodation.participant_id = wanted.participant_id
    ),
    judged AS (
        SELECT timed.*, given.received_at AS given_at,
               given.option_ids = timed.chosen::jsonb AS given_same,
               greatest(spent.ms - credit_ms, 0) / time_factor AS response_ms,
               CASE WHEN timed.opens_at IS NULL THEN 'not_found'
                    WHEN timed.is_banned THEN 'banned'
                    WHEN given.question_id IS NOT NULL THEN 'given'
                    WHEN timed.status <> 'live' THEN 'event_not_live'
                    WHEN timed.state <> 'question' OR timed.shown <> timed.number THEN 'too_late'
                    WHEN spent.ms < 0 THEN 'too_early'
                    WHEN (spent.ms - credit_ms) / time_factor > limit_ms THEN 'too_late'
                    ELSE 'accepted' END AS verdict
        FROM timed
        CROSS JOIN LATERAL (
            SELECT extract(epoch FROM timed.received_at - timed.opens_at)::float8 * 1000 AS ms
        ) AS spent
        LEFT JOIN quiz_answers AS given
               ON given.question_id = timed.question_id
              AND given.participant_id = timed.participant_id
    ),
    accepted AS (SELECT * FROM judged WHERE verdict = 'accepted'),
    {ADD_NEWCOMERS},
    answered AS (
        INSERT INTO quiz_answers AS answer
            (question_id, participant_id, option_ids, counts, response_ms, received_at)
        SELECT question_id, participant_id, chosen::jsonb, counts::jsonb, response_ms, received_at
        FROM accepted
        WHERE (SELECT count(*) FROM newcomers) >= 0
        ORDER BY question_id, participant_id
        ON CONFLICT (question_id, participant_id) DO UPDATE SET option_ids = answer.option_ids
        RETURNING answer.question_id, answer.participant_id, answer.option_ids, answer.received_at,
                  answer.counts AS after, old.question_id IS NULL AS is_new
    ),
    changed AS (
        SELECT question_id AS subject_id, NULL::jsonb AS before, after FROM answered WHERE is_new
    ),
    {MOVE_COUNTERS}
    SELECT judged.verdict, coalesce(answered.received_at, judged.given_at) AS received_at,
           coalesce(answered.option_ids = judged.chosen::jsonb, judged.given_same) AS is_same
    FROM judged LEFT JOIN answered USING (question_id, participant_id)
    ORDER BY judged.position
"""  # nosec B608  # of our own constants


async def write_answers(writes: Sequence[AnswerWrite]) -> list[datetime | OvationError]:
    """Write a batch in one transaction; return for each when it was received, or its refusal.

    Two writes of one batch must not have the same key.
    """
    gates = pass_gates(map(gate_key, {write.question_id for write in writes}))
    rows = await transact([gates, (_WRITE_ANSWERS, _parameters(writes))])
    outcomes = [_outcome(*row) for row in rows]
    metrics.add(
        "Answers", sum(isinstance(each, datetime) for each in outcomes), operation="submit_answer"
    )
    return outcomes


def _outcome(verdict: str, received_at: datetime, is_same: bool) -> datetime | OvationError:
    if verdict in _REFUSALS:
        return _REFUSALS[verdict]()
    return received_at if is_same else AlreadyAnswered()


def _parameters(writes: Sequence[AnswerWrite]) -> dict[str, object]:
    players = [write.participant for write in writes]
    # In one order, so that the same answer is the same however its options were listed.
    chosen = [sorted(map(str, write.option_ids)) for write in writes]
    counts = [{ANSWERED: 1} | {option_counter(id): 1 for id in each} for each in chosen]
    return {
        "question_ids": array_literal([write.question_id for write in writes]),
        "participant_ids": array_literal([player.participant_id for player in players]),
        "event_ids": array_literal([player.event_id for player in players]),
        "display_names": array_literal([player.display_name for player in players]),
        "chosen": array_literal([json.dumps(each) for each in chosen]),
        "counts": array_literal([json.dumps(each) for each in counts]),
        "received": array_literal([write.received_at.isoformat() for write in writes]),
        "credits": array_literal([write.credit_ms for write in writes]),
        "shard": next_shard(),
    }
