"""Flagging a new question for the staff, as the event's filter says."""

import asyncio

from shared.db.engines import read_session
from shared.events.queries import find_event
from shared.identity.principals import ParticipantPrincipal
from shared.questions.schemas import AskQuestion
from shared.questions.word_filter import find_flags


async def flag(author: ParticipantPrincipal, request: AskQuestion) -> list[str]:
    """Return the words that the event's filter finds in the question, and in the name it is asked under."""
    async with read_session() as session:
        event = await find_event(session, author.event_id)
    if not event.word_filter_languages and not event.word_filter_words:
        return []
    texts = [request.body]
    if author.display_name and not request.anonymous:
        texts.append(author.display_name)
    # In a thread: votes shall not wait for it.
    return await asyncio.to_thread(
        find_flags,
        texts,
        languages=event.word_filter_languages,
        words=event.word_filter_words,
    )
