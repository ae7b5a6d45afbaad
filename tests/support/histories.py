"""Reading an event's history."""

import json

from tests.support.api import Api, Json


async def read_history(api: Api, event: Json) -> str:
    """Return the history's lines, as one text."""
    answer = await api.call("GET", f"/v1/events/{event['id']}/history", api.organizer_key)
    assert answer.status_code == 200, answer.text
    return answer.text


async def changes(api: Api, event: Json) -> list[Json]:
    """Return the lines of the history that are changes."""
    lines = [json.loads(line) for line in (await read_history(api, event)).splitlines()]
    return [line for line in lines if "change" in line]
