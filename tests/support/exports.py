"""An event with something of everything, and reading what was exported of it."""

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import httpx

from tests.support.api import Api, Json
from tests.support.kinds import ASKED, make_poll, random_vote

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


async def export(api: Api, event: Json, format: str | None = None) -> httpx.Response:
    """Return the export of an event."""
    params = {} if format is None else {"format": format}
    path = f"/v1/events/{event['id']}/export"
    answer = await api.call("GET", path, api.organizer_key, params=params)
    assert answer.status_code == 200, answer.text
    return answer


async def sections(api: Api, event: Json) -> Json:
    """Return the sections of the JSON export."""
    exported: Json = (await export(api, event)).json()
    assert exported["complete"] is True
    found: Json = exported["sections"]
    return found


def csv_tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each file of a CSV export."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline=""))
            )
            for name in archive.namelist()
        }


def workbook_tables(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the rows of each sheet of a workbook, without an empty cell at a row's end."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in book.iter(f"{_MAIN}sheet")]
        return {
            name: _sheet_rows(archive.read(f"xl/worksheets/sheet{number}.xml"))
            for number, name in enumerate(names, start=1)
        }


def _sheet_rows(content: bytes) -> list[list[Any]]:
    sheet = ElementTree.fromstring(content)
    assert next(sheet.iter(f"{_MAIN}f"), None) is None, "a formula"
    return [[_cell(cell) for cell in row] for row in sheet.iter(f"{_MAIN}row")]


def _cell(cell: ElementTree.Element) -> str | float | None:
    if cell.attrib.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{_MAIN}t"))
    value = cell.find(f"{_MAIN}v")
    return None if value is None else float(value.text or "")


async def make_full_event(api: Api) -> Json:
    """Make an event with a poll of each kind and votes in it, and one of everything else."""
    from random import Random

    chance = Random(4)
    event = await api.make_event()
    await api.add_member(event, "moderator")
    voters = [await api.join(event, name) for name in ("Ada", "Grace", "Hedy")]
    for kind in ASKED:
        poll = await make_poll(api, event, kind)
        for voter in voters:
            answer = await api.answer(voter, poll, **random_vote(poll, chance))
            assert answer.status_code == 200, answer.text
    quiz = await api.make_quiz(event)
    for number, player in enumerate(voters):
        chosen = [number, (number + 1) % 3][: 1 + number % 2]
        assert (await api.choose(player, quiz["questions"][0], *chosen)).status_code == 200
    await api.run_quiz(quiz, "reveal")
    factor = f"/v1/events/{event['id']}/accommodations/{voters[0].id}"
    await api.call("PUT", factor, api.organizer_key, {"time_factor": 1.5})
    question = await api.ask(voters[0], event, "Will it rain?")
    await api.ask(voters[1], event, "Who may know?", anonymous=True)
    path = f"/v1/questions/{question['id']}"
    await api.call("POST", f"{path}/replies", api.organizer_key, {"body": "No."})
    await api.call("PUT", f"{path}/upvote", voters[2].token)
    reaction = {"kind": "heart", "count": 3}
    await api.call("POST", f"/v1/events/{event['id']}/reactions", voters[2].token, reaction)
    path = f"/v1/events/{event['id']}/announcements"
    await api.call("POST", path, api.organizer_key, {"body": "Lunch is served."})
    return event
