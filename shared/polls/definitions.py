"""What of a poll never changes, kept by the process: a vote is checked without asking the database."""

from uuid import UUID

from shared.db.single_flight import SingleFlight
from shared.errors import NotFound
from shared.latest import Latest
from shared.polls.kinds.base import PollDefinition
from shared.polls.votes import find_definition

_definitions: Latest[UUID, PollDefinition] = Latest()


async def _read(poll_id: UUID) -> PollDefinition:
    definition = _definitions[poll_id] = await find_definition(poll_id)
    return definition


_reads = SingleFlight(_read)


async def get_definition(poll_id: UUID, event_id: UUID) -> PollDefinition:
    """Return the definition of a poll of this event; raise `NotFound` for a draft or none.

    Whether the poll is open, or still there, is judged by the statement that writes the vote.
    """
    definition = _definitions.get(poll_id) or await _reads.find(poll_id)
    if definition.event_id != event_id:
        raise NotFound("There is no such poll.")
    return definition
