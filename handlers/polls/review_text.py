"""A host or moderator publishes or dismisses what a participant wrote in an open text poll.

The decision is on the text that it saw: refuses when the participant has another one by now.
"""

from typing import Annotated

from fastapi import Depends

from shared.errors import TextChanged
from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import ParticipantId, PollId, poll_access
from shared.polls.kinds.base import WrittenText
from shared.polls.queries import find_poll, publish_polls
from shared.polls.schemas import ReviewedText, ReviewText
from shared.polls.texts import decide_text

router = endpoint_router("polls")


@router.patch(
    "/v1/polls/{poll_id}/texts/{participant_id}",
    summary="Publish or dismiss a text",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, TextChanged),
)
async def review_text(
    access: Annotated[EventAccess, Depends(poll_access("review_text"))],
    poll_id: PollId,
    participant_id: ParticipantId,
    request: ReviewText,
    session: WriteSession,
) -> ReviewedText:
    """Publish or dismiss an answer of an open text poll. A text that changes is judged anew."""
    await lock_event(session, access.event_id)
    poll = await find_poll(session, poll_id)
    await decide_text(session, poll_id, WrittenText(participant_id, request.text, request.status))
    await publish_polls(session, access.event_id, [poll])
    return ReviewedText(participant_id=participant_id, text=request.text, status=request.status)
