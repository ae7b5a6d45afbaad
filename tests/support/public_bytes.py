"""All that somebody without a right can get to see of an event, as bytes."""

from collections.abc import Sequence

import httpx

from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.tables import query


def _whole(response: httpx.Response) -> bytes:
    headers = b"".join(name + b": " + value + b"\n" for name, value in response.headers.raw)
    return headers + response.content


async def public_bytes(
    api: Api, event: Json, *, cursors: Sequence[str | None], ids: Sequence[str] = ()
) -> bytes:
    """Return every answer that the audience gets about the event, and the public feed as it is stored.

    `cursors` are where deltas begin, None for a snapshot; `ids` are polls and questions to ask for.
    """
    stranger, vote = (await crowd(event, 1, name="Stranger"))[0], {"option_ids": [event["id"]]}
    path = f"/v1/events/{event['id']}"
    calls: list[tuple[str, str, str | None, Json | None]] = [
        ("GET", "/v1/openapi.json", None, None),
        ("GET", "/", None, None),
        ("POST", "/v1/join", None, {"join_code": event["join_code"]}),
        ("GET", f"{path}/me", stranger.token, None),
        ("GET", path, stranger.token, None),
        ("GET", f"{path}/changes?audience=staff", stranger.token, None),
    ]
    for cursor in cursors:
        since = "" if cursor is None else f"?since={cursor}"
        # With a credential past the micro-cache, without one through it.
        calls += [
            ("GET", f"{path}/changes{since}", token, None) for token in (None, stranger.token)
        ]
    for id in ids:
        calls += [("GET", f"/v1/polls/{id}/results", who, None) for who in (None, stranger.token)]
        calls += [
            ("PUT", f"/v1/polls/{id}/vote", stranger.token, vote),
            ("DELETE", f"/v1/polls/{id}/vote", stranger.token, None),
            ("PUT", f"/v1/questions/{id}/upvote", stranger.token, None),
            ("PATCH", f"/v1/polls/{id}", stranger.token, {"prompt": "?"}),
            ("PATCH", f"/v1/questions/{id}", stranger.token, {"pinned": True}),
        ]
    answers = [await api.call(method, to, token, body) for method, to, token, body in calls]
    stored = await query(
        "SELECT body FROM feed_entries WHERE event_id = :id AND audience = 'public'"
        " AND body IS NOT NULL",
        id=event["id"],
    )
    return b"\n".join([*map(_whole, answers), *(body.encode() for (body,) in stored)])
