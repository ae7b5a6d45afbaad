"""SQL on upvotes: one statement gives and takes back a whole batch, exactly once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.db.gates import pass_gates
from shared.db.pipeline import array_literal, transact
from shared.errors import Banned, EventNotLive, NotFound, OvationError, QuestionMerged
from shared.events.gate import audience_gate_key
from shared.identity.principals import ParticipantPrincipal
from shared.participants.writers import ADD_NEWCOMERS, IS_BANNED
from shared.questions.rules import UPVOTES
from shared.tally.moves import MOVE_COUNTERS, next_shard

_COUNTS = json.dumps({UPVOTES: 1})
_REFUSALS: dict[str, type[OvationError]] = {
    "not_found": NotFound,
    "banned": Banned,
    "question_merged": QuestionMerged,
    "event_not_live": EventNotLive,
}


@dataclass(frozen=True, slots=True)
class UpvoteWrite:
    """An upvote to give, or to take back."""

    question_id: UUID
    participant: ParticipantPrincipal
    upvoted: bool

    @property
    def key(self) -> tuple[int, int]:
        """The row it writes, as numbers: `UUID.__hash__` is Python code, a number's is not."""
        return self.question_id.int, self.participant.participant_id.int


# `locked` takes the rows that are to be deleted in one order, so that batches that meet cannot
# deadlock. A row that is there already is left as it is, but for one that a merge brought: it is the
# participant's own from now on, and does not go when the merge is undone.
_WRITE_UPVOTES = f"""
    WITH wanted AS (
        SELECT * FROM unnest(
            CAST(:question_ids AS uuid[]), CAST(:participant_ids AS uuid[]),
            CAST(:event_ids AS uuid[]), CAST(:display_names AS text[]), CAST(:upvoted AS boolean[])
        ) WITH ORDINALITY
          AS wanted (question_id, participant_id, event_id, display_name, upvoted, position)
    ),
    judged AS (
        SELECT wanted.*,
               CASE WHEN question.id IS NULL OR question.status NOT IN ('published', 'answered')
                    THEN 'not_found'
                    WHEN {IS_BANNED} THEN 'banned'
                    WHEN question.merged_into IS NOT NULL THEN 'question_merged'
                    WHEN event.status <> 'live' THEN 'event_not_live'
                    ELSE 'accepted' END AS verdict
        FROM wanted
        LEFT JOIN questions AS question
               ON question.id = wanted.question_id AND question.event_id = wanted.event_id
        LEFT JOIN events AS event ON event.id = question.event_id
    ),
    accepted AS (SELECT * FROM judged WHERE verdict = 'accepted' AND upvoted),
    {ADD_NEWCOMERS},
    locked AS (
        SELECT FROM upvotes AS upvote JOIN judged USING (question_id, participant_id)
        WHERE judged.verdict = 'accepted'
        ORDER BY question_id, participant_id
        FOR UPDATE OF upvote
    ),
    given AS (
        INSERT INTO upvotes AS upvote (question_id, participant_id, counts)
        SELECT question_id, participant_id, CAST(:counts AS jsonb)
        FROM accepted
        WHERE (SELECT count(*) FROM newcomers) >= 0 AND (SELECT count(*) FROM locked) >= 0
        ORDER BY question_id, participant_id
        ON CONFLICT (question_id, participant_id) DO UPDATE
            SET merged_from = NULL WHERE upvote.merged_from IS NOT NULL
        RETURNING upvote.question_id, old.counts AS before, new.counts AS after
    ),
    taken AS (
        DELETE FROM upvotes AS upvote USING judged
        WHERE (SELECT count(*) FROM locked) >= 0
              AND judged.verdict = 'accepted' AND NOT judged.upvoted
              AND upvote.question_id = judged.question_id
              AND upvote.participant_id = judged.participant_id
        RETURNING upvote.question_id, upvote.counts AS before
    ),
    changed AS (
        SELECT question_id AS subject_id, before, after FROM given
        UNION ALL SELECT question_id, before, NULL FROM taken
    ),
    {MOVE_COUNTERS}
    SELECT verdict FROM judged ORDER BY position
"""  # nosec B608  # of our own constants


# One value: the questions that the participant supports.
MY_UPVOTES = """
    SELECT coalesce(json_agg(question_id ORDER BY question_id), '[]')
    FROM upvotes WHERE participant_id = CAST(:participant_id AS uuid)
"""


async def write_upvotes(writes: Sequence[UpvoteWrite]) -> list[OvationError | None]:
    """Write a batch in one transaction; return for each None, or its refusal.

    Two writes of one batch must not have the same key.
    """
    gates = pass_gates(map(audience_gate_key, {write.participant.event_id for write in writes}))
    rows = await transact([gates, (_WRITE_UPVOTES, _parameters(writes))])
    refusals = [_REFUSALS.get(verdict) for (verdict,) in rows]
    return [refusal() if refusal else None for refusal in refusals]


def _parameters(writes: Sequence[UpvoteWrite]) -> dict[str, object]:
    voters = [write.participant for write in writes]
    return {
        "question_ids": array_literal([write.question_id for write in writes]),
        "participant_ids": array_literal([voter.participant_id for voter in voters]),
        "event_ids": array_literal([voter.event_id for voter in voters]),
        "display_names": array_literal([voter.display_name for voter in voters]),
        "upvoted": array_literal([write.upvoted for write in writes]),
        "counts": _COUNTS,
        "shard": next_shard(),
    }
