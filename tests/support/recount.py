"""Counting again from the rows, in SQL of its own, what the counters and the feed say."""

from typing import Any

from shared.polls.kinds.open_text import TEXTS
from tests.support.api import Api, Json
from tests.support.tables import query

# What the rows say: the sum of `counts` of every vote and upvote, by subject and key.
_ROWS = """
    SELECT vote.poll_id AS subject_id, move.key, sum(move.value::bigint) AS amount
    FROM votes AS vote JOIN polls AS poll ON poll.id = vote.poll_id
         CROSS JOIN LATERAL jsonb_each_text(vote.counts) AS move
    WHERE poll.event_id = :event_id GROUP BY 1, 2
    UNION ALL
    SELECT upvote.question_id, move.key, sum(move.value::bigint)
    FROM upvotes AS upvote JOIN questions AS question ON question.id = upvote.question_id
         CROSS JOIN LATERAL jsonb_each_text(upvote.counts) AS move
    WHERE question.event_id = :event_id GROUP BY 1, 2
"""

# What the ballots say, without `counts`: one voter each, one vote for each option in it.
_BALLOTS = """
    SELECT vote.poll_id AS subject_id, 'voters' AS key, count(*) AS amount
    FROM votes AS vote JOIN polls AS poll ON poll.id = vote.poll_id
    WHERE poll.event_id = :event_id GROUP BY 1
    UNION ALL
    SELECT vote.poll_id, 'option:' || option_id, count(*)
    FROM votes AS vote JOIN polls AS poll ON poll.id = vote.poll_id
         CROSS JOIN LATERAL jsonb_array_elements_text(vote.ballot -> 'option_ids') AS option_id
    WHERE poll.event_id = :event_id GROUP BY 1, 2
    UNION ALL
    SELECT upvote.question_id, 'upvotes', count(*)
    FROM upvotes AS upvote JOIN questions AS question ON question.id = upvote.question_id
    WHERE question.event_id = :event_id GROUP BY 1
"""

_COUNTERS = """
    SELECT counter.subject_id, counter.key, sum(counter.count) AS amount
    FROM tally_counters AS counter JOIN tally_subjects AS subject USING (subject_id)
    WHERE subject.event_id = :event_id GROUP BY 1, 2
"""

_PUBLISHED = """
    SELECT entity_id AS subject_id, 'voters' AS key, (body::jsonb ->> 'voters')::bigint AS amount
    FROM feed_entries
    WHERE event_id = :event_id AND audience = '{audience}' AND type = 'poll_results'
          AND body IS NOT NULL
    UNION ALL
    SELECT entry.entity_id, 'option:' || (tally ->> 'option_id'), (tally ->> 'votes')::bigint
    FROM feed_entries AS entry
         CROSS JOIN LATERAL jsonb_array_elements(entry.body::jsonb -> 'tallies') AS tally
    WHERE entry.event_id = :event_id AND entry.audience = '{audience}'
          AND entry.type = 'poll_results'
    UNION ALL
    SELECT entity_id, 'upvotes', (body::jsonb ->> 'upvotes')::bigint
    FROM feed_entries
    WHERE event_id = :event_id AND audience = '{audience}' AND type = 'question'
          AND body IS NOT NULL
"""

# A sum of zero and no row at all say the same.
_DIFFERENCE = """
    SELECT subject_id, key, one.amount AS one, other.amount AS other
    FROM ({one}) AS one FULL JOIN ({other}) AS other USING (subject_id, key)
    WHERE coalesce(one.amount, 0) <> coalesce(other.amount, 0) {only}
"""


async def differences(event_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return where two of the event's counts differ: rows, ballots, counters, what staff is shown."""
    found = {}
    # A counter of fingerprints says that a text changed; it counts nothing that a ballot or entry shows.
    shown = f"AND key <> '{TEXTS}'"
    for name, other, only in (
        ("ballots", _BALLOTS, shown),
        ("counters", _COUNTERS, ""),
        ("staff feed", _PUBLISHED.format(audience="staff"), shown),
    ):
        found[name] = await query(
            _DIFFERENCE.format(one=_ROWS, other=other, only=only), event_id=event_id
        )
    # The public sees some subjects only; what it sees must be the same.
    found["public feed"] = await query(
        _DIFFERENCE.format(
            one=_ROWS,
            other=_PUBLISHED.format(audience="public"),
            only="AND other.amount IS NOT NULL",
        ),
        event_id=event_id,
    )
    return {name: rows for name, rows in found.items() if rows}


async def check_exact(api: Api, event: Json) -> None:
    """Assert that rows, ballots, counters, feed and results endpoint agree on every subject.

    What was written last must have been published: call it once the feed is quiet.
    """
    assert await differences(event["id"]) == {}
    polls = await query("SELECT id FROM polls WHERE event_id = :id", id=event["id"])
    for (poll_id,) in polls:
        shown = await query(
            "SELECT body::jsonb AS body FROM feed_entries WHERE event_id = :event_id"
            " AND audience = 'staff' AND type = 'poll_results' AND entity_id = :poll_id",
            event_id=event["id"],
            poll_id=poll_id,
        )
        if not shown:
            continue  # a draft: nothing was ever counted
        results = await api.results({"id": str(poll_id)})
        del results["status"]
        assert [(results,)] == shown


async def check_counters(event: Json) -> None:
    """Assert that the counters are what the rows' own `counts` add up to."""
    difference = _DIFFERENCE.format(one=_ROWS, other=_COUNTERS, only="")
    assert await query(difference, event_id=event["id"]) == []
