"""The demo event: something to look at a minute after the checkout, made as any client would."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.local.api import Api, Refused
from scripts.local.credentials import write_private

PARTICIPANTS = {
    "Ada": "Will the slides be shared afterwards?",
    "Grace": "How does this behave when the network is bad?",
    "Linus": "Can we run it ourselves?",
}


@dataclass(frozen=True)
class Demo:
    """What the links to the demo event are made of."""

    event_id: str
    join_code: str
    host_token: str


def ensure_demo(api: Api, organizer_key: str, remembered: Path) -> Demo:
    """Return the demo event of an earlier start if it is still live, else a new one."""
    demo = _recall(api, remembered)
    if demo is None:
        demo = _create(api, organizer_key)
        write_private(remembered, json.dumps(asdict(demo)) + "\n")
    return demo


def _recall(api: Api, remembered: Path) -> Demo | None:
    try:
        demo = Demo(**json.loads(remembered.read_text(encoding="utf-8")))
        event = api.call("GET", f"/v1/events/{demo.event_id}", demo.host_token)
    except (FileNotFoundError, TypeError, ValueError):
        return None
    except Refused as refused:
        if refused.status in (401, 403, 404):  # another database, erased, or the token revoked
            return None
        raise
    return demo if event["status"] == "live" else None


def _create(api: Api, organizer_key: str) -> Demo:
    event = api.call("POST", "/v1/events", organizer_key, {"title": "Ovation demo"})
    event_id, join_code = event["id"], event["join_code"]
    path = f"/v1/events/{event_id}"
    api.call("PATCH", path, organizer_key, {"status": "live"})
    host = api.call("POST", f"{path}/members", organizer_key, {"role": "host", "name": "Demo host"})
    token = host["token"]
    poll = _make_poll(
        api, path, token, "Where are you joining from?", ["Here", "Home", "On the way"]
    )
    _make_poll(api, path, token, "What shall we talk about next?", ["Demo", "Roadmap", "Questions"])
    api.call("PATCH", f"/v1/polls/{poll['id']}", token, {"status": "open"})
    _populate(api, path, join_code, poll["id"], [option["id"] for option in poll["options"]])
    return Demo(event_id, join_code, token)


def _make_poll(api: Api, path: str, token: str, prompt: str, labels: list[str]) -> dict[str, Any]:
    poll = {
        "kind": "single_choice",
        "prompt": prompt,
        "options": [{"label": label} for label in labels],
        "results_visibility": "live",
    }
    return api.call("POST", f"{path}/polls", token, poll)


def _populate(api: Api, path: str, join_code: str, poll_id: str, option_ids: list[str]) -> None:
    asked: list[str] = []
    for number, (name, question) in enumerate(PARTICIPANTS.items()):
        joined = api.call("POST", "/v1/join", None, {"join_code": join_code, "display_name": name})
        token = joined["token"]
        choice = option_ids[number % 2]
        api.call("PUT", f"/v1/polls/{poll_id}/vote", token, {"option_ids": [choice]})
        for question_id in asked:
            api.call("PUT", f"/v1/questions/{question_id}/upvote", token)
        asked.append(api.call("POST", f"{path}/questions", token, {"body": question})["id"])
