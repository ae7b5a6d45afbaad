"""Lists in pages: newest first, a cursor that names the last one seen."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from shared.errors import FieldError, InvalidRequest

Limit = Annotated[int, Query(ge=1, le=100, description="Most entries of one page")]
PageCursor = Annotated[str | None, Query(max_length=64, description="The last page's cursor")]


def parse_page_cursor(cursor: str | None) -> UUID | None:
    """Return the id that the page begins after; raise `InvalidRequest` for no cursor of ours."""
    if cursor is None:
        return None
    try:
        return UUID(cursor)
    except ValueError as malformed:
        message = "must be a cursor from the last page"
        raise InvalidRequest([FieldError(("query", "cursor"), message)]) from malformed


def next_page_cursor(ids: list[UUID], limit: int) -> str | None:
    """Return the cursor that asks for what follows a page, None when it was the last."""
    return str(ids[-1]) if len(ids) == limit else None
