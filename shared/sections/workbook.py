"""The form for spreadsheets: a sheet for each section, and as many as its rows need.

A workbook's directory names sheets that are written last, so its first byte is sent when the last
row was read. Until then the rows are on disk, not in memory.
"""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # no py.typed, no stubs

from shared.sections.cells import plain
from shared.sections.section import Section

# Excel's own limit, the line of names included.
SHEET_ROWS = 1_048_576
_PIECE_BYTES = 256 * 1024


class WorkbookForm:
    """An Office Open XML workbook."""

    def __init__(self, exported_at: datetime, *, sheet_rows: int = SHEET_ROWS) -> None:
        self._sheet_rows = sheet_rows
        self._folder = tempfile.TemporaryDirectory(prefix="ovation-export-")
        self._path = Path(self._folder.name) / "export.xlsx"
        options = {"constant_memory": True, "tmpdir": self._folder.name}
        self._workbook = Workbook(str(self._path), options)
        self._workbook.set_properties({"created": exported_at.replace(tzinfo=None)})
        self._bold = self._workbook.add_format({"bold": True})
        self._sheet: Any = None
        self._row = self._sheets = 0

    def begin(self, section: Section[Any]) -> bytes:
        """Begin a sheet of the section's name."""
        self._sheets = 0
        self._add_sheet(section)
        return b""

    def add(self, section: Section[Any], things: Sequence[Any]) -> bytes:
        """Write rows to disk, on the next sheet where this one is full."""
        for thing in things:
            for row in section.as_rows(thing):
                if self._row == self._sheet_rows:
                    self._add_sheet(section)
                self._write(row)
        return b""

    def finish(self) -> Iterator[bytes]:
        """Yield the whole workbook."""
        self._workbook.close()
        with self._path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece

    def close(self) -> None:
        """Delete what is on disk."""
        for sheet in self._workbook.worksheets():
            sheet.row_data_fh.close()
        # It would write the file when it is forgotten.
        self._workbook.fileclosed = True
        self._folder.cleanup()

    def _add_sheet(self, section: Section[Any]) -> None:
        self._sheets += 1
        name = section.name if self._sheets == 1 else f"{section.name} {self._sheets}"
        self._sheet = self._workbook.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for column, title in enumerate(section.columns):
            self._sheet.write_string(0, column, title, self._bold)
        self._row = 1

    def _write(self, row: Sequence[Any]) -> None:
        for column, cell in enumerate(map(plain, row)):
            # Never `write`, which makes formulas and links of texts.
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell)
            elif cell is not None:
                self._sheet.write_number(self._row, column, cell)
        self._row += 1
