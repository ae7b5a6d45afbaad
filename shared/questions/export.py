"""Questions, replies and upvotes, in an export. Who asked anonymously is in none of it."""

from sqlalchemy import text

from shared.sections.rows import rows_section

_QUESTIONS = text("""
    SELECT question.id, question.body, question.anonymous, question.status, question.pinned,
           question.highlighted, question.asked_at, question.merged_into,
           array_to_string(question.flags, ' ') AS flags,
           CASE WHEN NOT question.anonymous THEN author.id END AS participant_id,
           CASE WHEN NOT question.anonymous THEN author.display_name END AS author_name,
           (SELECT coalesce(sum(counter.count), 0)::bigint FROM tally_counters AS counter
            WHERE counter.subject_id = question.id AND counter.key = 'upvotes') AS upvotes
    FROM questions AS question JOIN participants AS author ON author.id = question.participant_id
    WHERE question.event_id = :event_id
    ORDER BY question.id
""")
_REPLIES = text("""
    SELECT reply.id, reply.question_id, reply.author_name, reply.body, reply.created_at
    FROM questions AS question JOIN replies AS reply ON reply.question_id = question.id
    WHERE question.event_id = :event_id
    ORDER BY question.id, reply.id
""")
_UPVOTES = text("""
    SELECT upvote.question_id, upvote.participant_id, participant.display_name, upvote.created_at
    FROM questions AS question JOIN upvotes AS upvote ON upvote.question_id = question.id
         JOIN participants AS participant ON participant.id = upvote.participant_id
    WHERE question.event_id = :event_id
    ORDER BY question.id, upvote.participant_id
""")

SECTIONS = (
    rows_section(
        "questions",
        _QUESTIONS,
        (
            *("id", "body", "author_name", "participant_id", "anonymous", "status", "upvotes"),
            *("pinned", "highlighted", "asked_at", "merged_into", "flags"),
        ),
    ),
    rows_section("replies", _REPLIES, ("id", "question_id", "author_name", "body", "created_at")),
    rows_section(
        "upvotes", _UPVOTES, ("question_id", "participant_id", "display_name", "created_at")
    ),
)
