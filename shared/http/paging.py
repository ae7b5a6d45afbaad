"""Lists in pages: newest first, a cursor that names the last one seen."""

from collections.abc import Sequence
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

from fastapi import Query

from shared.errors import FieldError, InvalidRequest

Limit = Annotated[int, Query(ge=1, le=100, description="Most entries of one page")]
PageCursor = Annotated[str | None, Query(max_length=64, description="The last page's cursor")]


class Listed(Protocol):
    """What a page may list: newer ids sort after older ones."""

    @property
    def id(self) -> UUID:
        """The id that a cursor names."""


Thing = TypeVar("Thing", bound=Listed)


def parse_page_cursor(cursor: str | None) -> UUID | None:
    """Return the id that the page begins after; raise `InvalidRequest` for no cursor of ours."""
    if cursor is None:
        return None
    try:
        return UUID(cursor)
    except ValueError as malformed:
        message = "must be a cursor from the last page"
        raise InvalidRequest([FieldError(("query", "cursor"), message)]) from malformed


def cut_page(found: Sequence[Thing], limit: int) -> tuple[Sequence[Thing], str | None]:
    """Return a page of what was found, and the cursor that asks for the rest, None for no rest.

    The caller looks for one more than `limit`: that there is one tells that there is a next page.
    """
    page = found[:limit]
    return page, str(page[-1].id) if len(found) > limit else None
