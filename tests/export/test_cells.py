"""What somebody wrote stays text in every spreadsheet."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from shared.sections.cells import harmless, plain

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_begins_like_a_formula_begins_with_an_apostrophe(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("before", [" ", "\t", "\n", '"', "\ufeff", "\u200b", ' "'])
def test_what_stands_unseen_before_a_formula_does_not_hide_it(before: str, formula: str) -> None:
    assert harmless(before + formula).endswith(f"{before}'{formula}")


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("before", ["a;", "a\n", "a\r\n", "a\t", "a|", 'a;"', "a; "])
def test_where_another_country_begins_a_cell_a_formula_is_text_too(
    before: str, formula: str
) -> None:
    assert harmless(before + formula) == f"{before}'{formula}"


@pytest.mark.parametrize("text", ["\tlater", "\rlater"])
def test_a_text_that_begins_with_a_tab_or_a_return_begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a = b", "1-2", "ada@example.org", "well, -", "ok :-)", "'"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_numbers_stay_numbers_also_below_zero() -> None:
    assert [plain(cell) for cell in (-5, 2.5, None)] == [-5, 2.5, None]


def test_other_cells_are_written_as_the_wire_writes_them() -> None:
    moment = datetime(2027, 3, 1, 10, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    assert plain(moment) == "2027-03-01T09:04:05Z"
    assert plain(datetime(2027, 3, 1, tzinfo=UTC)) == "2027-03-01T00:00:00Z"
    assert plain(UUID(int=7)) == "00000000-0000-0000-0000-000000000007"
    assert (plain(True), plain(False)) == ("true", "false")
