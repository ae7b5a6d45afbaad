"""SQL on votes: one statement casts, changes and retracts a whole batch, exactly once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.db.gates import pass_gates
from shared.db.pipeline import array_literal, read, transact
from shared.errors import Banned, EventNotLive, NotFound, OvationError, PollClosed
from shared.identity.principals import ParticipantPrincipal
from shared.observability import metrics
from shared.participants.writers import ADD_NEWCOMERS, IS_BANNED
from shared.polls.kinds.base import CountedBallot, PollDefinition
from shared.polls.gate import gate_key
from shared.tally.moves import MOVE_COUNTERS, next_shard

Verdict = Literal["accepted", "not_found", "banned", "event_not_live", "poll_closed"]

_REFUSALS: Mapping[str, type[OvationError]] = {
    "not_found": NotFound,
    "banned": Banned,
    "event_not_live": EventNotLive,
    "poll_closed": PollClosed,
}


@dataclass(frozen=True, slots=True)
class VoteWrite:
    """A vote to write; no ballot means to retract it."""

    poll_id: UUID
    participant: ParticipantPrincipal
    counted: CountedBallot | None

    @property
    def key(self) -> tuple[int, int]:
        """The row it writes, as numbers: `UUID.__hash__` is Python code, a number's is not."""
        return self.poll_id.int, self.participant.participant_id.int


# `judged` decides on each write by the state of its event and poll. `locked` takes the rows that are
# there in one order, whether they are to be changed or deleted, so that batches that meet cannot
# deadlock. A repeated vote keeps its cast_at. RETURNING old and new gives the very row version that
# was replaced, also when it was written after this statement's snapshot; so the counters move by the
# true difference.
_WRITE_VOTES = f"""
    WITH wanted AS (
        SELECT * FROM unnest(
            CAST(:poll_ids AS uuid[]), CAST(:participant_ids AS uuid[]), CAST(:event_ids AS uuid[]),
            CAST(:display_names AS text[]), CAST(:ballots AS text[]), CAST(:counts AS text[])
        ) WITH ORDINALITY
          AS wanted (poll_id, participant_id, event_id, display_name, ballot, counts, position)
    ),
    judged AS (
        SELECT wanted.*,
               CASE WHEN poll.id IS NULL OR poll.status = 'draft' THEN 'not_found'
                    WHEN {IS_BANNED} THEN 'banned'
                    WHEN event.status <> 'live' THEN 'event_not_live'
                    WHEN poll.status <> 'open' THEN 'poll_closed'
                    ELSE 'accepted' END AS verdict
        FROM wanted
        LEFT JOIN polls AS poll ON poll.id = wanted.poll_id AND poll.event_id = wanted.event_id
        LEFT JOIN events AS event ON event.id = poll.event_id
    ),
    accepted AS (SELECT * FROM judged WHERE verdict = 'accepted' AND ballot IS NOT NULL),
    {ADD_NEWCOMERS},
    locked AS (
        SELECT FROM votes AS vote JOIN judged USING (poll_id, participant_id)
        WHERE judged.verdict = 'accepted'
        ORDER BY poll_id, participant_id
        FOR UPDATE OF vote
    ),
    voted AS (
        INSERT INTO votes AS vote (poll_id, participant_id, ballot, counts, cast_at, text_at)
        SELECT poll_id, participant_id, ballot, counts::jsonb, now,
               CASE WHEN jsonb_exists(ballot, 'text') THEN now END
        FROM (SELECT poll_id, participant_id, ballot::jsonb AS ballot, counts,
                     clock_timestamp() AS now FROM accepted) AS accepted
        WHERE (SELECT count(*) FROM newcomers) >= 0 AND (SELECT count(*) FROM locked) >= 0
        ORDER BY poll_id, participant_id
        ON CONFLICT (poll_id, participant_id) DO UPDATE
            SET ballot = excluded.ballot, counts = excluded.counts,
                cast_at = CASE WHEN vote.ballot = excluded.ballot
                               THEN vote.cast_at ELSE excluded.cast_at END,
                text_at = CASE WHEN vote.ballot = excluded.ballot
                               THEN vote.text_at ELSE excluded.text_at END
        RETURNING vote.poll_id, vote.participant_id, old.counts AS before, new.counts AS after,
                  new.cast_at
    ),
    retracted AS (
        DELETE FROM votes AS vote USING judged
        WHERE (SELECT count(*) FROM locked) >= 0
              AND judged.verdict = 'accepted' AND judged.ballot IS NULL
              AND vote.poll_id = judged.poll_id AND vote.participant_id = judged.participant_id
        RETURNING vote.poll_id, vote.counts AS before
    ),
    changed AS (
        SELECT poll_id AS subject_id, before, after FROM voted
        UNION ALL SELECT poll_id, before, NULL FROM retracted
    ),
    {MOVE_COUNTERS}
    SELECT judged.verdict, voted.cast_at
    FROM judged LEFT JOIN voted USING (poll_id, participant_id)
    ORDER BY judged.position
"""  # nosec B608  # of our own constants


# One value: the participant's votes, oldest poll first, as /me shows them.
MY_VOTES = """
    SELECT coalesce(
        json_agg(json_build_object('poll_id', poll_id, 'vote', ballot) ORDER BY poll_id), '[]'
    )
    FROM votes WHERE participant_id = CAST(:participant_id AS uuid)
"""


async def write_votes(writes: Sequence[VoteWrite]) -> list[datetime | OvationError | None]:
    """Write a batch in one transaction; return for each when it was cast, None, or its refusal.

    Two writes of one batch must not have the same key.
    """
    gates = pass_gates(map(gate_key, {write.poll_id for write in writes}))
    rows = await transact([gates, (_WRITE_VOTES, _parameters(writes))])
    outcomes: list[datetime | OvationError | None] = []
    for verdict, cast_at in rows:
        refusal = _REFUSALS.get(verdict)
        outcomes.append(refusal() if refusal else cast_at)
    metrics.add(
        "Votes", sum(isinstance(each, datetime) for each in outcomes), operation="cast_vote"
    )
    return outcomes


def _parameters(writes: Sequence[VoteWrite]) -> dict[str, object]:
    voters = [write.participant for write in writes]
    counted = [write.counted for write in writes]
    return {
        "poll_ids": array_literal([write.poll_id for write in writes]),
        "participant_ids": array_literal([voter.participant_id for voter in voters]),
        "event_ids": array_literal([voter.event_id for voter in voters]),
        "display_names": array_literal([voter.display_name for voter in voters]),
        "ballots": array_literal([each.ballot_json if each else None for each in counted]),
        "counts": array_literal([each.counts_json if each else None for each in counted]),
        "shard": next_shard(),
    }


_DEFINITION = """
    SELECT event_id, kind, max_choices, coalesce(CAST(scale ->> 'steps' AS int), 0),
           ARRAY(SELECT id FROM poll_options WHERE poll_id = polls.id ORDER BY position)
    FROM polls WHERE id = :poll_id AND status <> 'draft'
"""


async def find_definition(poll_id: UUID) -> PollDefinition:
    """Return what of the poll never changes; raise `NotFound` for a draft or none."""
    for event_id, kind, max_choices, steps, option_ids in await read(
        _DEFINITION, {"poll_id": poll_id}
    ):
        return PollDefinition(poll_id, event_id, kind, tuple(option_ids), max_choices, steps)
    raise NotFound("There is no such poll.")
