"""When access lines are written: at once when idle, many together under load."""

import asyncio
import io
import json
from typing import Any

from shared.http.access_log import AccessLog

POLL = ("GET", "/v1/events/{event_id}/changes", "get_changes")


class Stream(io.StringIO):
    """Remembers how many lines each write brought."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[int] = []

    def write(self, text: str) -> int:
        """Take the text."""
        self.writes.append(text.count("\n"))
        return super().write(text)


def lines(stream: Stream) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_line_alone_is_written_at_the_next_turn() -> None:
    stream = Stream()
    AccessLog(stream).write(POLL, 200, 1.25, "abc", None)
    await asyncio.sleep(0)
    (line,) = lines(stream)
    assert (line["operation"], line["status"], line["request_id"]) == ("get_changes", 200, "abc")


async def test_under_load_a_write_brings_many_lines_and_none_is_lost() -> None:
    stream = Stream()
    log = AccessLog(stream)
    for number in range(100):
        log.write(POLL, 200, 1.25, str(number), None)
        await asyncio.sleep(0)
    await asyncio.sleep(0.06)
    assert [line["request_id"] for line in lines(stream)] == [str(n) for n in range(100)]
    assert stream.writes[0] == 1 and len(stream.writes) <= 3


def test_outside_of_a_loop_a_line_is_written_at_once() -> None:
    stream = Stream()
    AccessLog(stream).write(('P"UT\n', None, None), 404, 1.25, "abc", {"request_id": "abc"})
    (line,) = lines(stream)
    assert (line["method"], line["route"]) == ('P"UT\n', "unknown")
