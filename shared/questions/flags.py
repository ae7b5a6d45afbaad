"""Flagging a new question for the staff, as the event's filter says."""

import asyncio

from shared.db.pipeline import read
from shared.errors import NotFound
from shared.identity.principals import ParticipantPrincipal
from shared.questions.schemas import AskQuestion
from shared.questions.word_filter import find_flags

_FILTER = """
    SELECT word_filter_languages, word_filter_words FROM events WHERE id = :event_id
"""


async def flag(author: ParticipantPrincipal, request: AskQuestion) -> list[str]:
    """Return the words that the event's filter finds in the question, and in the name it is asked under."""
    rows = await read(_FILTER, {"event_id": author.event_id})
    if not rows:
        raise NotFound("There is no such event.")
    [(languages, words)] = rows
    if not languages and not words:
        return []
    texts = [request.body]
    if author.display_name and not request.anonymous:
        texts.append(author.display_name)
    # In a thread: votes shall not wait for it.
    return await asyncio.to_thread(find_flags, texts, languages=languages, words=words)
