"""An attendee at a deployment that has its troubles: what it sends, and what it takes as promised."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from scripts.rehearsal.attendee import Attendee
from scripts.rehearsal.hall import Hall, cancel
from scripts.rehearsal.join_pace import JoinPace
from scripts.rehearsal.measurements import Measurements
from scripts.rehearsal.origin import Origin, parse_target
from scripts.rehearsal.recount import Choice
from scripts.rehearsal.visibility import Visibility

POLL = {
    "id": "p",
    "kind": "single_choice",
    "status": "open",
    "options": [{"id": "a", "label": "A"}],
    "max_choices": 1,
}
MOVES = {"a": 1}
JOINED = (200, {"token": "ovp_x"})
VOTED = (200, {"poll_id": "p"})
CLOSED = (409, {"code": "poll_closed"})
BUSY = (503, {"code": "unavailable"})
LIMITED = (429, {"code": "rate_limited"})
NOTHING = None
Reply = tuple[int, Any] | None


@dataclass
class Troubled:
    """A deployment with one open poll; each operation answers what it was told to, then as usual."""

    joins: list[Reply] = field(default_factory=list)
    feeds: list[Reply] = field(default_factory=list)
    votes: list[Reply] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def reply(self, call: str) -> Reply:
        """Return status and body for "GET /path", None to close the connection instead."""
        self.asked.append(call)
        if call == "POST /v1/join":
            return self.joins.pop(0) if self.joins else JOINED
        if call.startswith("PUT"):
            return self.votes.pop(0) if self.votes else VOTED
        if self.feeds:
            return self.feeds.pop(0)
        shown = [] if "since" in call else [{"type": "poll", "id": "p", "data": POLL}]
        return 200, {**page("c"), "reset": bool(shown), "changes": shown}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = head.lower().partition("content-length: ")[2].split("\r\n")[0]
                await reader.readexactly(int(length or 0))
                reply = self.reply(head.split(" HTTP/")[0])
                if reply is None:
                    break
                body = json.dumps(reply[1]).encode()
                lines = f"HTTP/1.1 {reply[0]} X\r\nRetry-After: 0\r\nContent-Length: {len(body)}"
                writer.write(lines.encode() + b"\r\n\r\n" + body)
        except asyncio.IncompleteReadError:
            pass
        writer.close()


def page(cursor: str, *, more: bool = False) -> dict[str, Any]:
    return {"cursor": cursor, "reset": False, "more": more, "poll_after_ms": 30, "changes": []}


@asynccontextmanager
async def attending(
    deployment: Troubled, until: Callable[[Attendee, Hall], bool]
) -> AsyncIterator[tuple[Attendee, Hall]]:
    """Let one attendee attend until something is so; yield it afterwards."""
    server = await asyncio.start_server(deployment.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    now = time.perf_counter()
    hall = Hall(
        origin=Origin(parse_target(f"http://127.0.0.1:{port}"), ["127.0.0.1"], None),
        event_id="e",
        join_code="CODE",
        measurements=Measurements(started_at=now, expected_s=10),
        visibility=Visibility(audience=1),
        pace=JoinPace(per_s=100),
        think_s=0.01,
        doors_close_at=now + 20,
    )
    hall.visibility.open("p", now)
    attendee = Attendee(hall, number=1)  # one of those who vote once and stay with it
    attending = asyncio.create_task(attendee.attend(now))
    async with server, asyncio.timeout(20):
        while not until(attendee, hall):
            await asyncio.sleep(0.005)
        await cancel([attending])
        yield attendee, hall


def is_settled(attendee: Attendee, hall: Hall) -> bool:
    return "p" in attendee.choices and not attendee.is_busy


async def test_a_vote_is_sent_until_it_is_answered_and_only_then_taken_as_counted() -> None:
    # The connection is lost twice: such a request is sent again at once, and then with a pause.
    deployment = Troubled(votes=[NOTHING, NOTHING, BUSY, LIMITED, VOTED])
    async with attending(deployment, is_settled) as (attendee, hall):
        assert attendee.choices["p"] == Choice(acknowledged=MOVES)
        assert (hall.votes, hall.visibility.voters_of("p")) == (1, 1)
        assert [call for call in deployment.asked if "vote" in call] == ["PUT /v1/polls/p/vote"] * 5
        assert dict(hall.measurements.errors) == {
            ("cast_vote", "no answer: connection lost"): 1,
            ("cast_vote", "503 unavailable"): 1,
            ("cast_vote", "429 rate_limited"): 1,
        }


async def test_a_vote_after_the_close_is_no_error_and_does_not_count() -> None:
    async with attending(Troubled(votes=[CLOSED]), is_settled) as (attendee, hall):
        assert attendee.choices["p"] == Choice()
        assert (hall.votes, hall.too_late, hall.measurements.failed) == (0, 1, 0)


async def test_a_vote_that_may_have_got_through_before_the_close_stays_possible() -> None:
    async with attending(Troubled(votes=[BUSY, CLOSED]), is_settled) as (attendee, hall):
        assert attendee.choices["p"] == Choice(unanswered=[MOVES])
        assert (hall.votes, hall.too_late) == (0, 1)


async def test_whoever_is_refused_at_the_door_comes_again_and_a_limit_is_no_error() -> None:
    deployment = Troubled(joins=[LIMITED, BUSY, JOINED])
    async with attending(deployment, lambda _, hall: hall.arrived == 1) as (attendee, hall):
        assert attendee.token == "ovp_x"
        assert deployment.asked.count("POST /v1/join") == 3
        assert hall.pace.refusals == 1
        assert dict(hall.measurements.errors) == {("join_event", "503 unavailable"): 1}


async def test_nobody_joins_an_event_that_is_over() -> None:
    deployment = Troubled(joins=[(409, {"code": "event_not_live"})])
    async with attending(deployment, lambda *_: bool(deployment.asked)) as (attendee, hall):
        await asyncio.sleep(0.1)
        assert (attendee.token, deployment.asked) == (None, ["POST /v1/join"])


@pytest.mark.parametrize("trouble", [BUSY, NOTHING, (200, "<html>")], ids=["503", "lost", "portal"])
async def test_a_failed_poll_is_asked_again_with_the_cursor_that_was(trouble: Reply) -> None:
    deployment = Troubled(feeds=[(200, page("one", more=True)), trouble])
    polls = "GET /v1/events/e/changes"
    async with attending(deployment, lambda *_: deployment.asked.count(f"{polls}?since=c") > 1):
        asked = [call for call in deployment.asked if call.startswith("GET")]
    assert asked[:2] == [polls, f"{polls}?since=one"]
    assert asked[2] == f"{polls}?since=one"
