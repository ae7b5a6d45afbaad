"""`scripts/replay` rebuilds what was seen at any moment, and finds what is wrong with a history."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from scripts.replaying.checks import adds_up
from tests.scripts.running import ROOT, clean_environment
from tests.support.api import Api, FeedReader, Json
from tests.support.exports import export, make_full_event
from tests.support.feed import publish_now, read_page
from tests.support.histories import read_history

Lines = list[Json]


def replay(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "replay"), *arguments],
        cwd="/",
        env=clean_environment(),
        input=stdin,
        capture_output=True,
        text=True,
    )


def replayed(history: str, *arguments: str) -> Json:
    """Return what the script says of a history in which nothing is wrong."""
    done = replay("-", "--json", *arguments, stdin=history)
    assert done.returncode == 0, done.stdout + done.stderr
    told: Json = json.loads(done.stdout)
    return told


def failed_checks(lines: Lines, *arguments: str) -> list[str]:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = replay("-", "--json", *arguments, stdin=text)
    assert done.returncode == 1, done.stdout + done.stderr
    return [each["name"] for each in json.loads(done.stdout)["checks"] if each["faults"]]


async def test_the_state_at_any_moment_is_what_a_reader_had_then(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="rating")
    seen: list[tuple[datetime, dict[tuple[str, str], Json]]] = []
    reader = FeedReader(api, event)
    for step in range(5):
        voter = await api.join(event)
        await api.answer(voter, poll, rating=step + 1)
        if step == 2:
            await api.ask(voter, event, "Will it rain?")
        if step == 3:
            await api.change_poll(poll, status="closed")
            await api.change_poll(poll, status="open")
        await publish_now(event)
        reader.apply(await read_page(api, event, reader.cursor))
        seen.append((datetime.now().astimezone(), dict(reader.state)))
    history = await read_history(api, event)
    for moment, state in seen:
        told = replayed(history, "--at", moment.isoformat())
        assert {(each["type"], each["id"]): each["data"] for each in told["state"]} == state
    assert replayed(history, "--at", "2020-01-01T00:00:00Z")["state"] == []


async def test_a_person_reads_the_results_and_that_they_are_those_of_the_export(
    api: Api, tmp_path: Path
) -> None:
    event = await make_full_event(api)
    await publish_now(event)
    page = await read_page(api, event)
    for change in page["changes"]:
        if change["type"] == "poll":
            await api.change_poll(change["data"], status="closed")
    (tmp_path / "history").write_text(await read_history(api, event))
    (tmp_path / "export").write_text((await export(api, event)).text)
    done = replay(str(tmp_path / "history"), "--export", str(tmp_path / "export"))
    assert done.returncode == 0, done.stdout
    for line in (
        "Keynote (live)",
        "Which one? (ranking, closed)",
        "  3 voters, final",
        "         1  Will it rain? (Ada, published)",
        "    ok  final results are those of the export",
    ):
        assert line in done.stdout


Mutation = Callable[[Lines], Lines]


def _edited(lines: Lines, type: str, **fields: object) -> Lines:
    for line in lines:
        for thing in (line.get("change"), line.get("shown")):
            if thing and thing["type"] == type and thing["data"]:
                thing["data"].update(fields)
    return lines


MUTATIONS: dict[str, tuple[Mutation, str]] = {
    "without its end": (lambda lines: lines[:-1], "the file is whole"),
    "without a change": (lambda lines: lines[:2] + lines[3:], "revisions follow each other"),
    "with two changes swapped": (
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        "revisions follow each other",
    ),
    "with another count": (
        lambda lines: _edited(lines, "poll_results", voters=7),
        "results add up and are final when the poll is closed",
    ),
    "with results that are not final": (
        lambda lines: _edited(lines, "poll_results", final=False),
        "results add up and are final when the poll is closed",
    ),
    "without what is shown": (
        lambda lines: [line for line in lines if "shown" not in line],
        "the changes add up to what is shown",
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_history_that_was_tampered_with_is_found_out(api: Api, name: str) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)
    await api.change_poll(poll, status="closed")
    lines = [json.loads(line) for line in (await read_history(api, event)).splitlines()]
    mutate, check = MUTATIONS[name]
    assert check in failed_checks(mutate(lines))


async def test_results_that_are_not_those_of_the_export_are_found_out(
    api: Api, tmp_path: Path
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)
    exported = (await export(api, event)).text
    await api.vote(await api.join(event), poll, 1)
    await api.change_poll(poll, status="closed")
    (tmp_path / "export").write_text(exported)
    lines = [json.loads(line) for line in (await read_history(api, event)).splitlines()]
    failed = failed_checks(lines, "--export", str(tmp_path / "export"))
    assert failed == ["final results are those of the export"]


async def test_what_was_erased_is_told_as_such(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")
    then = datetime.now().astimezone().isoformat()
    await api.call("DELETE", f"/v1/questions/{question['id']}", api.organizer_key)
    history = await read_history(api, event)
    assert replayed(history, "--at", then)["erased"] == [{"type": "question", "id": question["id"]}]
    assert replayed(history)["erased"] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("what?\n", "line 1"),
        ('{"event_id":"x","revision":1}\n[]\n', "2"),
    ],
)
def test_what_is_no_history_is_refused_in_one_line(text: str, reason: str) -> None:
    done = replay("-", stdin=text)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("kind", "tallies", "mean", "expected"),
    [
        ("single_choice", [{"votes": 2}, {"votes": 1}], None, True),
        ("single_choice", [{"votes": 2}, {"votes": 2}], None, False),
        ("multiple_choice", [{"votes": 3}, {"votes": 2}], None, True),
        ("multiple_choice", [{"votes": 4}, {"votes": 0}], None, False),
        ("rating", [{"rating": 1, "votes": 1}, {"rating": 2, "votes": 2}], 1.67, True),
        ("rating", [{"rating": 1, "votes": 1}, {"rating": 2, "votes": 2}], 5 / 3, True),
        ("rating", [{"rating": 1, "votes": 1}, {"rating": 2, "votes": 2}], 1.66, False),
        ("ranking", [{"points": 5}, {"points": 4}], None, True),
        ("ranking", [{"points": 5}, {"points": 5}], None, False),
        ("word_cloud", [{"count": 3}], None, True),
        ("word_cloud", [{"count": 4}], None, False),
        ("open_text", [{"text": "a"}] * 4, None, False),
        ("of_a_newer_service", [{"guess": number} for number in range(9)], None, True),
    ],
)
def test_counts_add_up_as_their_kind_says(
    kind: str, tallies: Lines, mean: float | None, expected: bool
) -> None:
    poll = {"kind": kind, "max_choices": 2, "options": [{}, {}]}
    assert adds_up(poll, {"voters": 3, "tallies": tallies, "mean": mean}) is expected
