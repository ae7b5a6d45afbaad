"""Exports: everything of an event, streamed from one snapshot of the database.

Each domain contributes its sections; a new one is a line in `SECTIONS`.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import Field

from shared.announcements.export import SECTIONS as ANNOUNCEMENT_SECTIONS
from shared.db.engines import AsyncReadSession
from shared.db.long_reads import long_read_place, long_read_session
from shared.events.export import SECTIONS as EVENT_SECTIONS
from shared.events.queries import find_event
from shared.events.public_schemas import EVENT_EXAMPLE
from shared.members.export import SECTIONS as MEMBER_SECTIONS
from shared.polls.export import SECTIONS as POLL_SECTIONS
from shared.questions.export import SECTIONS as QUESTION_SECTIONS
from shared.quizzes.export import SECTIONS as QUIZ_SECTIONS
from shared.reactions.export import SECTIONS as REACTION_SECTIONS
from shared.schemas import Response, example
from shared.sections.forms import Form, Format, make_form
from shared.sections.section import Section

SECTIONS: tuple[Section[Any], ...] = (
    *EVENT_SECTIONS,
    *MEMBER_SECTIONS,
    *ANNOUNCEMENT_SECTIONS,
    *POLL_SECTIONS,
    *QUESTION_SECTIONS,
    *QUIZ_SECTIONS,
    *REACTION_SECTIONS,
)

# Sent at once: fewer and larger pieces cost less than many small ones.
_PIECE_BYTES = 64 * 1024

_Result = TypeVar("_Result")


class Export(Response):
    """Everything of an event, as JSON. For the document only: it is streamed section by section."""

    model_config = example(
        exported_at="2027-03-01T18:00:00Z", sections={"event": [EVENT_EXAMPLE]}, complete=True
    )

    exported_at: datetime
    sections: dict[str, list[dict[str, Any]]] = Field(description="Each section's things")
    complete: bool = Field(description="The last member: without it the export was cut off")


async def export_event(event_id: UUID, name: Format) -> AsyncGenerator[bytes, None]:
    """Yield the export of an event, piece by piece; close the iterator, however far it was read.

    The first piece is empty: it says that the export can be made.

    Raise `NotFound` when there is no such event, `Unavailable` when the process makes enough of them.
    """
    with long_read_place():
        form = make_form(name, datetime.now(UTC))
        try:
            async with long_read_session() as session:
                await find_event(session, event_id)
                # The answer begins: a workbook's first byte may come when no request may wait any more.
                yield b""
                async for piece in _joined(_write(session, event_id, form)):
                    yield piece
            # The database is done; what is left may be on disk, and take its time.
            pieces = form.finish()
            while piece := await _aside(next, pieces, b""):
                yield piece
        finally:
            await _aside(form.close)


async def _write(session: AsyncReadSession, event_id: UUID, form: Form) -> AsyncIterator[bytes]:
    for section in SECTIONS:
        yield form.begin(section)
        async for things in section.read(session, event_id):
            yield await _aside(form.add, section, things)


async def _joined(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    async for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if size:
        yield b"".join(waiting)


async def _aside(function: Callable[..., _Result], *arguments: Any) -> _Result:
    # In a thread: votes shall not wait for a thousand rows to be written.
    return await asyncio.to_thread(function, *arguments)
