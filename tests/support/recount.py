"""Counting again from the rows what the counters, the feed and the results endpoint say."""

import json
from collections import defaultdict
from typing import Any, get_args

from shared.polls.kinds.open_text import TEXTS
from shared.polls.kinds.word_cloud import WORDS
from shared.reactions.values import ReactionKind
from tests.support.api import Api, Json
from tests.support.hand_count import Ballot, count_by_hand
from tests.support.tables import query

# What the rows say: the sum of `counts` of every vote, upvote and answer, by subject and key.
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
    UNION ALL
    SELECT answer.question_id, move.key, sum(move.value::bigint)
    FROM quiz_answers AS answer JOIN quiz_questions AS question ON question.id = answer.question_id
         JOIN quizzes AS quiz ON quiz.id = question.quiz_id
         CROSS JOIN LATERAL jsonb_each_text(answer.counts) AS move
    WHERE quiz.event_id = :event_id GROUP BY 1, 2
    UNION ALL
    SELECT reaction.event_id, move.key, sum(move.value::bigint)
    FROM reactions AS reaction CROSS JOIN LATERAL jsonb_each_text(reaction.counts) AS move
    WHERE reaction.event_id = :event_id GROUP BY 1, 2
"""

# What the ballots of each kind say, without `counts`. A fingerprint counts nothing, so it is
# left out: what is shown of texts is compared below, word for word.
_BALLOTS = """
    WITH cast_here AS (
        SELECT vote.poll_id AS subject_id, vote.ballot
        FROM votes AS vote JOIN polls AS poll ON poll.id = vote.poll_id
        WHERE poll.event_id = :event_id
    ),
    answered_here AS (
        SELECT answer.question_id AS subject_id, answer.option_ids
        FROM quiz_answers AS answer
             JOIN quiz_questions AS question ON question.id = answer.question_id
             JOIN quizzes AS quiz ON quiz.id = question.quiz_id
        WHERE quiz.event_id = :event_id
    )
    SELECT subject_id, 'voters' AS key, count(*) AS amount FROM cast_here GROUP BY 1
    UNION ALL
    SELECT subject_id, 'option:' || option_id, count(*)
    FROM cast_here CROSS JOIN LATERAL jsonb_array_elements_text(ballot -> 'option_ids') AS option_id
    GROUP BY 1, 2
    UNION ALL
    SELECT subject_id, 'option:' || option_id,
           sum(jsonb_array_length(ballot -> 'ranking') - (place - 1))::bigint
    FROM cast_here CROSS JOIN LATERAL jsonb_array_elements_text(ballot -> 'ranking')
         WITH ORDINALITY AS ranked (option_id, place)
    GROUP BY 1, 2
    UNION ALL
    SELECT subject_id, 'rating:' || (ballot ->> 'rating'), count(*)
    FROM cast_here WHERE ballot -> 'rating' IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT subject_id, 'word:' || word, count(*)
    FROM cast_here CROSS JOIN LATERAL jsonb_array_elements_text(ballot -> 'words') AS word
    GROUP BY 1, 2
    UNION ALL
    SELECT upvote.question_id, 'upvotes', count(*)
    FROM upvotes AS upvote JOIN questions AS question ON question.id = upvote.question_id
    WHERE question.event_id = :event_id GROUP BY 1
    UNION ALL
    SELECT subject_id, 'answered', count(*) FROM answered_here GROUP BY 1
    UNION ALL
    SELECT subject_id, 'option:' || option_id, count(*)
    FROM answered_here CROSS JOIN LATERAL jsonb_array_elements_text(option_ids) AS option_id
    GROUP BY 1, 2
    UNION ALL
    SELECT event_id, key, sum(value::bigint)
    FROM reactions CROSS JOIN LATERAL jsonb_each_text(counts) WHERE event_id = :event_id GROUP BY 1, 2
"""

_COUNTERS = """
    SELECT counter.subject_id, counter.key, sum(counter.count) AS amount
    FROM tally_counters AS counter JOIN tally_subjects AS subject USING (subject_id)
    WHERE subject.event_id = :event_id GROUP BY 1, 2
"""

_PUBLISHED_UPVOTES = """
    SELECT entity_id AS subject_id, 'upvotes' AS key, (body::jsonb ->> 'upvotes')::bigint AS amount
    FROM feed_entries
    WHERE event_id = :event_id AND audience = '{audience}' AND type = 'question'
          AND body IS NOT NULL
"""

_OF_REACTIONS = f"AND key IN {get_args(ReactionKind)}"
_PUBLISHED_REACTIONS = """
    SELECT entity_id AS subject_id, key, value::bigint AS amount
    FROM feed_entries CROSS JOIN LATERAL jsonb_each_text(body::jsonb -> 'counts')
    WHERE event_id = :event_id AND audience = '{audience}' AND type = 'reactions'
"""

# A sum of zero and no row at all say the same.
_DIFFERENCE = """
    SELECT subject_id, key, one.amount AS one, other.amount AS other
    FROM ({one}) AS one FULL JOIN ({other}) AS other USING (subject_id, key)
    WHERE coalesce(one.amount, 0) <> coalesce(other.amount, 0) {only}
"""


# The texts in the order in which they were written, and what the staff decided on each as it is now.
_CAST = """
    SELECT vote.poll_id, vote.participant_id, vote.ballot, CASE
               WHEN review.text_md5 = md5(vote.ballot ->> 'text') THEN review.status
               WHEN event.open_text_moderation THEN 'pending'
               ELSE 'published' END
    FROM votes AS vote JOIN polls AS poll ON poll.id = vote.poll_id
         JOIN events AS event ON event.id = poll.event_id
         LEFT JOIN text_reviews AS review USING (poll_id, participant_id)
    WHERE event.id = :event_id
    ORDER BY vote.text_at, vote.participant_id DESC
"""
_POLLS = """
    SELECT poll.id, poll.kind, poll.status, poll.scale, ARRAY(
               SELECT option.id FROM poll_options AS option WHERE option.poll_id = poll.id
               ORDER BY option.position
           )
    FROM polls AS poll WHERE poll.event_id = :event_id AND poll.status <> 'draft'
"""
_SHOWN = """
    SELECT entity_id, body FROM feed_entries
    WHERE event_id = :event_id AND audience = :audience AND type = 'poll_results'
          AND body IS NOT NULL
"""


async def _counted_by_hand(event_id: str, *, for_staff: bool) -> dict[str, Json]:
    """Return what the results of each poll that was ever open must be, from its ballots alone."""
    [(stop_list,)] = await query(
        "SELECT word_cloud_stop_list FROM events WHERE id = :event_id", event_id=event_id
    )
    cast: dict[str, list[Ballot]] = defaultdict(list)
    for poll_id, participant_id, vote, text_status in await query(_CAST, event_id=event_id):
        cast[str(poll_id)].append(Ballot(str(participant_id), vote, text_status))
    counted = {}
    for poll_id, kind, status, scale, option_ids in await query(_POLLS, event_id=event_id):
        id = str(poll_id)
        options = [{"id": str(option_id)} for option_id in option_ids]
        poll = {"id": id, "kind": kind, "status": status, "scale": scale, "options": options}
        counted[id] = count_by_hand(poll, cast[id], for_staff=for_staff, stop_list=stop_list)
    return counted


async def _shown(event_id: str, audience: str) -> dict[str, Json]:
    rows = await query(_SHOWN, event_id=event_id, audience=audience)
    return {str(poll_id): json.loads(body) for poll_id, body in rows}


async def differences(event_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return where two of the event's counts differ: rows, ballots, counters, what each feed shows."""
    found = {}
    for name, other, only in (
        ("ballots", _BALLOTS, f"AND key NOT IN ('{TEXTS}', '{WORDS}')"),
        ("counters", _COUNTERS, ""),
        ("staff reactions", _PUBLISHED_REACTIONS.format(audience="staff"), _OF_REACTIONS),
        ("public reactions", _PUBLISHED_REACTIONS.format(audience="public"), _OF_REACTIONS),
        ("staff feed", _PUBLISHED_UPVOTES.format(audience="staff"), "AND key = 'upvotes'"),
        # The public sees some subjects only; what it sees must be the same.
        (
            "public feed",
            _PUBLISHED_UPVOTES.format(audience="public"),
            "AND key = 'upvotes' AND other.amount IS NOT NULL",
        ),
    ):
        found[name] = await query(
            _DIFFERENCE.format(one=_ROWS, other=other, only=only), event_id=event_id
        )
    for audience in ("staff", "public"):
        counted = await _counted_by_hand(event_id, for_staff=audience == "staff")
        shown = await _shown(event_id, audience)
        seen = shown if audience == "public" else counted
        found[f"{audience} feed"] += [
            (id, counted.get(id), shown.get(id)) for id in seen if counted.get(id) != shown.get(id)
        ]
    return {name: rows for name, rows in found.items() if rows}


async def check_exact(api: Api, event: Json) -> None:
    """Assert that rows, ballots, counters, feed and results endpoint agree on every subject.

    What was written last must have been published: call it once the feed is quiet.
    """
    assert await differences(event["id"]) == {}
    for poll_id, counted in (await _counted_by_hand(event["id"], for_staff=True)).items():
        results = await api.results({"id": poll_id})
        del results["status"]
        assert results == counted
