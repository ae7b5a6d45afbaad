"""The staff reads every text of an open text poll: those that wait, are published or were dismissed."""

from typing import Annotated

from fastapi import Depends, Query

from shared.events.queries import find_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.paging import Limit, PageCursor
from shared.http.sessions import ReadSession
from shared.http.thing_access import PollId, poll_access
from shared.polls import texts
from shared.polls.kinds.base import TextStatus
from shared.polls.schemas import TextPage, text_page

router = endpoint_router("polls")
Status = Annotated[TextStatus | None, Query(description="Only texts of this status")]


@router.get(
    "/v1/polls/{poll_id}/texts",
    summary="List the texts of a poll",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def list_texts(
    access: Annotated[EventAccess, Depends(poll_access("list_texts"))],
    poll_id: PollId,
    session: ReadSession,
    status: Status = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> TextPage:
    """List what participants wrote, newest first; a poll of another kind has none."""
    after = texts.parse_position(cursor)
    event = await find_event(session, access.event_id)
    found = await texts.list_texts(
        session,
        poll_id,
        moderated=event.open_text_moderation,
        status=status,
        after=after,
        limit=limit + 1,
    )
    return text_page(found, limit)
