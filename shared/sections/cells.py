"""Cells of tables: what somebody wrote stays text, whatever a spreadsheet would make of it."""

import re
from datetime import UTC, datetime
from uuid import UUID

from shared.sections.section import Cell

# What begins a formula, also in its full-width form, where a cell begins: at the start, and behind
# what another country's spreadsheet takes for the end of a cell or of a line (OWASP, CSV injection).
_FORMULA = re.compile(
    r"""((?:^|[;|\t\r\n])[\s"\u200b\ufeff]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"""
)


def harmless(text: str) -> str:
    """Return the text with an apostrophe before what a spreadsheet would run as a formula."""
    text = _FORMULA.sub(r"\1'", text)
    return f"'{text}" if text.startswith(("\t", "\r")) else text


def plain(cell: Cell) -> str | int | float | None:
    """Return the cell as a table can hold it: a number, or a harmless text."""
    match cell:
        case bool():
            return str(cell).lower()
        case None | int() | float():
            return cell
        case datetime():
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case UUID():
            return str(cell)
        case _:
            return harmless(cell)
