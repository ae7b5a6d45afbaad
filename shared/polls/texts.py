"""SQL on the texts of open text polls: which are shown, which wait, and what the staff decides."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engines import AsyncReadSession
from shared.errors import FieldError, InvalidRequest, NotFound, TextChanged
from shared.polls.kinds.base import TextStatus, WrittenText

NEWEST = 50
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# A decision holds for the text that it was made on: after another text of the same participant there
# is none. Without one a text waits where the event moderates, and is published where it does not.
_STATUS = """
    coalesce(review.status, CASE WHEN :moderated THEN 'pending' ELSE 'published' END)
"""
_TEXTS = """
    votes AS vote LEFT JOIN text_reviews AS review
        ON review.poll_id = vote.poll_id AND review.participant_id = vote.participant_id
           AND review.text_md5 = md5(vote.ballot ->> 'text')
"""
_NEWEST_FIRST = "ORDER BY vote.text_at DESC, vote.participant_id LIMIT :limit"

_NEWEST = text(f"""
    SELECT vote.participant_id, vote.ballot ->> 'text' AS text, {_STATUS} AS status
    FROM {_TEXTS}
    WHERE vote.poll_id = :poll_id AND vote.text_at IS NOT NULL
          AND (:for_staff OR review.status IS DISTINCT FROM 'dismissed')
    {_NEWEST_FIRST}
""")  # nosec B608  # of our own constants

# From the decisions, which people make one by one, and not from the texts, most of which may wait.
_NEWEST_APPROVED = text(f"""
    SELECT vote.participant_id, vote.ballot ->> 'text' AS text, review.status
    FROM text_reviews AS review JOIN votes AS vote
         ON vote.poll_id = review.poll_id AND vote.participant_id = review.participant_id
            AND review.text_md5 = md5(vote.ballot ->> 'text')
    WHERE review.poll_id = :poll_id AND review.status = 'published'
    {_NEWEST_FIRST}
""")  # nosec B608  # of our own constants

_PAGE = text(f"""
    SELECT * FROM (
        SELECT vote.participant_id, vote.ballot ->> 'text' AS text, vote.text_at, {_STATUS} AS status
        FROM {_TEXTS}
        WHERE vote.poll_id = :poll_id AND vote.text_at IS NOT NULL
              AND (CAST(:before AS timestamptz) IS NULL OR vote.text_at <= :before
                   AND (vote.text_at < :before OR vote.participant_id > :after))
    ) AS vote
    WHERE CAST(:status AS text) IS NULL OR status = :status
    {_NEWEST_FIRST}
""")  # nosec B608  # of our own constants

# The vote's row is locked as a foreign key would, so that it cannot vanish under the decision.
_REVIEW = text("""
    WITH written AS (
        SELECT poll_id, participant_id, ballot ->> 'text' AS text FROM votes
        WHERE poll_id = :poll_id AND participant_id = :participant_id AND text_at IS NOT NULL
        FOR KEY SHARE
    ),
    decided AS (
        INSERT INTO text_reviews (poll_id, participant_id, text_md5, status)
        SELECT poll_id, participant_id, md5(text), :status FROM written WHERE text = :text
        ON CONFLICT (poll_id, participant_id) DO UPDATE
            SET text_md5 = excluded.text_md5, status = excluded.status, decided_at = now()
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM decided) > 0 FROM written
""")


@dataclass(frozen=True, slots=True)
class ListedText:
    """A text and when it was written."""

    written: WrittenText
    text_at: datetime

    @property
    def cursor(self) -> str:
        """The cursor of a page that ends with it."""
        return f"{(self.text_at - _EPOCH) // _MICROSECOND}_{self.written.participant_id.hex}"


def parse_position(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return when and by whom the last page's last text was written, None for the first page.

    Raise `InvalidRequest` for no cursor of ours.
    """
    if cursor is None:
        return None
    try:
        written_at, _, participant = cursor.partition("_")
        return _EPOCH + int(written_at) * _MICROSECOND, UUID(participant)
    except (ValueError, OverflowError) as malformed:
        message = "must be a cursor from the last page"
        raise InvalidRequest([FieldError(("query", "cursor"), message)]) from malformed


async def newest_texts(
    session: AsyncSession | AsyncReadSession, poll_id: UUID, *, moderated: bool, for_staff: bool
) -> list[WrittenText]:
    """Return the newest texts, the newest first: for the public those that it may see."""
    if moderated and not for_staff:
        rows = await session.execute(_NEWEST_APPROVED, {"poll_id": poll_id, "limit": NEWEST})
    else:
        parameters = {"poll_id": poll_id, "limit": NEWEST, "moderated": moderated}
        rows = await session.execute(_NEWEST, {**parameters, "for_staff": for_staff})
    return [WrittenText(row.participant_id, row.text, row.status) for row in rows]


async def list_texts(
    session: AsyncReadSession,
    poll_id: UUID,
    *,
    moderated: bool,
    status: TextStatus | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[ListedText]:
    """Return up to `limit` texts, newest first; of one status, or all."""
    before, participant_id = after or (None, None)
    parameters = {
        "poll_id": poll_id,
        "moderated": moderated,
        "status": status,
        "before": before,
        "after": participant_id,
        "limit": limit,
    }
    rows = await session.execute(_PAGE, parameters)
    return [
        ListedText(WrittenText(row.participant_id, row.text, row.status), row.text_at)
        for row in rows
    ]


async def decide_text(session: AsyncSession, poll_id: UUID, decided: WrittenText) -> None:
    """Remember what the staff decided on the text that it saw.

    Raise `NotFound` when the participant has none in this poll, `TextChanged` when it is another now.
    """
    parameters = {
        "poll_id": poll_id,
        "participant_id": decided.participant_id,
        "text": decided.text,
        "status": decided.status,
    }
    is_kept = await session.scalar(_REVIEW, parameters)
    if is_kept is None:
        raise NotFound("There is no such text.")
    if not is_kept:
        raise TextChanged()
