"""Whoever may see a poll's counts reads them: the staff always, everyone as the poll says."""

from shared.errors import NotFound, ResultsHidden
from shared.events.queries import find_event
from shared.http.access import MaybePrincipal
from shared.http.endpoint import (
    ANYONE_TOO,
    AUTHENTICATED,
    ON_A_THING,
    endpoint_router,
    problems,
)
from shared.http.sessions import SnapshotSession
from shared.http.thing_access import PollId, reads_as_staff
from shared.polls import rules
from shared.polls.queries import find_poll
from shared.polls.results import count_polls
from shared.polls.schemas import PollResults, poll_results

router = endpoint_router("polls")


@router.get(
    "/v1/polls/{poll_id}/results",
    summary="Read a poll's results",
    openapi_extra=ANYONE_TOO,
    responses=problems(*AUTHENTICATED, *ON_A_THING, ResultsHidden),
)
async def get_results(
    principal: MaybePrincipal,
    poll_id: PollId,
    session: SnapshotSession,
) -> PollResults:
    """Return the counts as they are now. `results_hidden` when the poll does not show them."""
    staff = principal is not None and await reads_as_staff(principal, "poll", poll_id)
    poll = await find_poll(session, poll_id)
    if not staff and not rules.is_public(poll):
        raise NotFound("There is no such poll.")
    if not staff and not rules.results_are_public(poll):
        raise ResultsHidden()
    event = await find_event(session, poll.event_id)
    results = (await count_polls(session, event, [poll]))[poll.id]
    shown = results.staff if staff else results.public
    return poll_results(shown, poll.status)
