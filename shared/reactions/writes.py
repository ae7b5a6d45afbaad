"""SQL that counts a batch of reactions, each exactly once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.db.gates import pass_gates
from shared.db.pipeline import array_literal, transact
from shared.errors import Banned, EventNotLive, NotFound, OvationError, ReactionsDisabled
from shared.events.gate import audience_gate_key
from shared.identifiers import new_id
from shared.identity.principals import ParticipantPrincipal
from shared.participants.writers import ADD_NEWCOMERS, IS_BANNED
from shared.reactions.values import ReactionKind
from shared.tally.moves import MOVE_COUNTERS, next_shard

_REFUSALS: Mapping[str, type[OvationError]] = {
    "not_found": NotFound,
    "banned": Banned,
    "event_not_live": EventNotLive,
    "reactions_disabled": ReactionsDisabled,
}


@dataclass(frozen=True, slots=True)
class ReactionWrite:
    """Reactions to add; the id tells one such write from every other."""

    participant: ParticipantPrincipal
    kind: ReactionKind
    count: int
    id: UUID = field(default_factory=new_id)

    @property
    def key(self) -> UUID:
        """The row it writes."""
        return self.participant.participant_id


# `reacted` adds to what is there, unless this very write was the last to do so: then the batch runs
# again after a lost connection. RETURNING old and new gives the true difference, as for votes.
_WRITE_REACTIONS = f"""
    WITH wanted AS (
        SELECT * FROM unnest(
            CAST(:event_ids AS uuid[]), CAST(:participant_ids AS uuid[]),
            CAST(:display_names AS text[]), CAST(:kinds AS text[]), CAST(:amounts AS int[]),
            CAST(:write_ids AS uuid[])
        ) WITH ORDINALITY
          AS wanted (event_id, participant_id, display_name, kind, amount, write_id, position)
    ),
    judged AS (
        SELECT wanted.*,
               CASE WHEN event.id IS NULL THEN 'not_found'
                    WHEN {IS_BANNED} THEN 'banned'
                    WHEN event.status <> 'live' THEN 'event_not_live'
                    WHEN NOT event.reactions_enabled THEN 'reactions_disabled'
                    ELSE 'accepted' END AS verdict
        FROM wanted LEFT JOIN events AS event ON event.id = wanted.event_id
    ),
    accepted AS (SELECT * FROM judged WHERE verdict = 'accepted'),
    {ADD_NEWCOMERS},
    subjects AS (
        INSERT INTO tally_subjects (subject_id, event_id, kind)
        SELECT DISTINCT event_id, event_id, 'reactions' FROM accepted
        WHERE (SELECT count(*) FROM newcomers) >= 0
        ORDER BY event_id
        ON CONFLICT (subject_id) DO NOTHING
        RETURNING subject_id
    ),
    locked AS (
        SELECT FROM reactions AS reaction JOIN accepted USING (event_id, participant_id)
        ORDER BY event_id, participant_id
        FOR UPDATE OF reaction
    ),
    reacted AS (
        INSERT INTO reactions AS reaction (event_id, participant_id, counts, last_write)
        SELECT event_id, participant_id, jsonb_build_object(kind, amount), write_id
        FROM accepted
        WHERE (SELECT count(*) FROM subjects) >= 0 AND (SELECT count(*) FROM locked) >= 0
        ORDER BY event_id, participant_id
        ON CONFLICT (event_id, participant_id) DO UPDATE
            SET counts = reaction.counts || (
                    SELECT jsonb_object_agg(
                        key, coalesce((reaction.counts ->> key)::bigint, 0) + value::bigint
                    ) FROM jsonb_each_text(excluded.counts)
                ),
                last_write = excluded.last_write
            WHERE reaction.last_write <> excluded.last_write
        RETURNING reaction.event_id AS subject_id, old.counts AS before, new.counts AS after
    ),
    changed AS (SELECT subject_id, before, after FROM reacted),
    {MOVE_COUNTERS}
    SELECT verdict FROM judged ORDER BY position
"""  # nosec B608  # of our own constants


async def write_reactions(writes: Sequence[ReactionWrite]) -> list[OvationError | None]:
    """Count a batch in one transaction; return for each None, or its refusal.

    Two writes of one batch must not have the same key. The same writes again count nothing more,
    unless the participant has written something else meanwhile.
    """
    gates = pass_gates(map(audience_gate_key, {write.participant.event_id for write in writes}))
    rows = await transact([gates, (_WRITE_REACTIONS, _parameters(writes))])
    refusals = [_REFUSALS.get(verdict) for (verdict,) in rows]
    return [refusal() if refusal else None for refusal in refusals]


def _parameters(writes: Sequence[ReactionWrite]) -> dict[str, object]:
    senders = [write.participant for write in writes]
    return {
        "event_ids": array_literal([sender.event_id for sender in senders]),
        "participant_ids": array_literal([sender.participant_id for sender in senders]),
        "display_names": array_literal([sender.display_name for sender in senders]),
        "kinds": array_literal([write.kind for write in writes]),
        "amounts": array_literal([write.count for write in writes]),
        "write_ids": array_literal([write.id for write in writes]),
        "shard": next_shard(),
    }
