"""A workbook is as many sheets as its rows need, and leaves nothing behind."""

import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from shared.db.engines import AsyncReadSession
from shared.sections.section import Section
from shared.sections.workbook import WorkbookForm
from tests.support.exports import workbook_tables

MOMENT = datetime(2027, 3, 1, tzinfo=UTC)


async def _unread(session: AsyncReadSession, event_id: UUID) -> AsyncIterator[Sequence[int]]:
    yield []


NUMBERS = Section("numbers", ("number", "text"), _unread, lambda n: {}, lambda n: [[n, f"n{n}"]])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_rows_beyond_a_sheets_limit_stand_on_the_next_one_below_the_names(folder: Path) -> None:
    form = WorkbookForm(MOMENT, sheet_rows=4)
    form.begin(NUMBERS)
    form.add(NUMBERS, range(5))
    form.add(NUMBERS, range(5, 7))
    content = b"".join(form.finish())
    form.close()
    names = ["number", "text"]
    rows = [[float(n), f"n{n}"] for n in range(7)]
    assert workbook_tables(content) == {
        "numbers": [names, *rows[:3]],
        "numbers 2": [names, *rows[3:6]],
        "numbers 3": [names, *rows[6:]],
    }
    assert os.listdir(folder) == []


def test_a_workbook_that_is_given_up_leaves_no_file(folder: Path) -> None:
    form = WorkbookForm(MOMENT)
    form.begin(NUMBERS)
    form.add(NUMBERS, range(5))
    assert os.listdir(folder) != []
    form.close()
    assert os.listdir(folder) == []
