"""A live event with one of everything, and a credential of every kind to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from tests.support.api import Api, Json
from tests.support.application import new_organizer_key
from tests.support.calls import CALLS

ROLES = ("organizer", "host", "moderator", "presenter", "participant")


@dataclass(frozen=True)
class Stage:
    """`ids` fill the paths of `CALLS`; `tokens` are by role, those of another event by "other …"."""

    api: Api
    event: Json
    ids: Mapping[str, str]
    tokens: Mapping[str, str]

    async def call(self, operation: str, token: str | None, **changes: Any) -> httpx.Response:
        """Make an operation's call; `changes` replace what httpx is given."""
        call = CALLS[operation]
        options = {"json": call.body_on(self.ids)} if call.body is not None else {}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request: dict[str, Any] = {"headers": headers, **options, **changes}
        return await self.api.client.request(call.method, call.path_on(self.ids), **request)

    def elsewhere(self, client: httpx.AsyncClient) -> "Stage":
        """Return the same stage as another client reaches it."""
        return replace(self, api=replace(self.api, client=client))


async def set_stage(api: Api) -> Stage:
    """Make a new stage; the ids do not depend on any other."""
    event = await api.make_event()
    asker = await api.join(event, "Asker")
    poll = await api.make_poll(event)
    text_poll = await api.make_poll(event, kind="open_text")
    await api.answer(asker, text_poll, text="More breaks.")
    quiz = await api.make_quiz(event)
    question = await api.ask(asker, event, "Will it rain?")
    other_question = await api.ask(asker, event, "Is it going to rain?")
    member = await api.call(
        "POST",
        f"/v1/events/{event['id']}/members",
        api.organizer_key,
        {"role": "moderator", "name": "To be revoked"},
    )
    announcement = await api.call(
        "POST",
        f"/v1/events/{event['id']}/announcements",
        api.organizer_key,
        {"body": "Lunch is served."},
    )
    api_key = await api.call("POST", "/v1/api-keys", api.organizer_key, {"name": "To be revoked"})
    ids = {
        "asset": "index.html",
        "docs_asset": "start.js",
        "event_id": event["id"],
        "join_code": event["join_code"],
        "poll_id": poll["id"],
        "option_id": poll["options"][0]["id"],
        "text_poll_id": text_poll["id"],
        "quiz_id": quiz["id"],
        "quiz_question_id": quiz["questions"][0]["id"],
        "quiz_option_id": quiz["questions"][0]["options"][0]["id"],
        "participant_id": asker.id,
        "question_id": question["id"],
        "other_question_id": other_question["id"],
        "member_id": member.json()["member_id"],
        "announcement_id": announcement.json()["id"],
        "api_key_id": api_key.json()["id"],
    }
    return Stage(api, event, ids, await _tokens(api, event))


async def _tokens(api: Api, event: Json) -> dict[str, str]:
    tokens = {"organizer": api.organizer_key}
    tokens["other organizer"] = await new_organizer_key("Another organizer")
    elsewhere = await api.make_event()
    for prefix, of in (("", event), ("other ", elsewhere)):
        for role in ("host", "moderator", "presenter"):
            tokens[prefix + role] = await api.add_member(of, role)
        tokens[prefix + "participant"] = (await api.join(of)).token
    return tokens
