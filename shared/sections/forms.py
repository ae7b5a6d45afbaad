"""The forms of an export. Each ends with what a cut-off one lacks, so that it is told from a whole one."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

import pydantic_core

from shared.sections.cells import plain
from shared.sections.section import Section

Format = Literal["json", "csv", "xlsx"]


@dataclass(frozen=True, slots=True)
class FileType:
    """What a client is told of a form's bytes: their type, and how the file's name ends."""

    media_type: str
    suffix: str


FILE_TYPES: Mapping[Format, FileType] = {
    "json": FileType("application/json", "json"),
    "csv": FileType("application/zip", "csv.zip"),
    "xlsx": FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}


class Form(Protocol):
    """Writes sections one after the other; every call returns the bytes that are ready to be sent."""

    def begin(self, section: Section[Any]) -> bytes:
        """Begin a section."""

    def add(self, section: Section[Any], things: Sequence[Any]) -> bytes:
        """Add things to the section that was begun last."""

    def finish(self) -> Iterator[bytes]:
        """Yield what makes the export whole."""

    def close(self) -> None:
        """Give up what is held outside of memory; after `finish`, or instead of it."""


class JsonForm:
    """One object, whose last member is `"complete": true`."""

    def __init__(self, exported_at: datetime) -> None:
        self._opening = b'{"exported_at":' + pydantic_core.to_json(exported_at) + b',"sections":{'
        self._is_first = True

    def begin(self, section: Section[Any]) -> bytes:
        """Return the section's name, and what closes the one before."""
        opening, self._opening = self._opening, b"\n],"
        self._is_first = True
        return opening + b'\n"' + section.name.encode() + b'":['

    def add(self, section: Section[Any], things: Sequence[Any]) -> bytes:
        """Return an object for each thing, on a line of its own."""
        if not things:
            return b""
        lines = b",\n".join(pydantic_core.to_json(section.as_object(thing)) for thing in things)
        comma = b"\n" if self._is_first else b",\n"
        self._is_first = False
        return comma + lines

    def finish(self) -> Iterator[bytes]:
        """Yield the end of the object."""
        yield b'\n]},\n"complete":true}\n'

    def close(self) -> None:
        """Nothing is held."""


class _Outlet(io.RawIOBase):
    """A file that can only be written; `take` gives what was written since."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._written += piece
        return len(piece)

    def take(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken


class CsvForm:
    """A ZIP archive of a CSV file for each section; the archive's directory comes last."""

    def __init__(self, exported_at: datetime) -> None:
        self._moment = exported_at.timetuple()[:6]
        self._outlet = _Outlet()
        self._archive = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._file: Any = None

    def begin(self, section: Section[Any]) -> bytes:
        """Return the end of the file before, and this one's line of names."""
        self._end_file()
        entry = zipfile.ZipInfo(f"{section.name}.csv", self._moment)
        entry.compress_type = zipfile.ZIP_DEFLATED
        # More than 4 GB may follow.
        self._file = self._archive.open(entry, "w", force_zip64=True)
        # Spreadsheets take a file without this mark for one of their country's old encoding.
        self._file.write("\ufeff".encode() + _csv_lines([section.columns]))
        return self._outlet.take()

    def add(self, section: Section[Any], things: Sequence[Any]) -> bytes:
        """Return the rows of the things, as far as they are compressed."""
        rows = [[plain(cell) for cell in row] for thing in things for row in section.as_rows(thing)]
        self._file.write(_csv_lines(rows))
        return self._outlet.take()

    def finish(self) -> Iterator[bytes]:
        """Yield the archive's directory."""
        self._end_file()
        self._archive.close()
        yield self._outlet.take()

    def close(self) -> None:
        """End the archive, whose bytes nobody waits for any more."""
        self._end_file()
        self._archive.close()

    def _end_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _csv_lines(rows: Sequence[Sequence[object]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return written.getvalue().encode()


def make_form(name: Format, exported_at: datetime) -> Form:
    """Return the form of that name."""
    if name == "json":
        return JsonForm(exported_at)
    if name == "csv":
        return CsvForm(exported_at)
    # Imported when it is asked for: no other endpoint needs it.
    from shared.sections.workbook import WorkbookForm

    return WorkbookForm(exported_at)
