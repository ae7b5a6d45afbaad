"""The demo event: something to look at a minute after the checkout, made as any client would."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.local.api import Api, Refused
from scripts.local.credentials import write_private
from scripts.local.demo_polls import make_polls

PARTICIPANTS = {
    "Ada": "Will the slides be shared afterwards?",
    "Grace": "How does this behave when the network is bad?",
    "Linus": "Can we run it ourselves?",
}

QUIZ = {
    "What does a 200 for a vote mean?": ("It is committed", "It is on its way", "It was read"),
    "What does a second vote of the same person do?": ("It replaces the first", "It counts too"),
    "What does the audience cost the database?": ("The same, however large", "A query for each"),
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
    participants = [_join(api, join_code, name) for name in PARTICIPANTS]
    make_polls(api, path, token, participants)
    _make_quiz(api, path, token)
    _ask(api, path, participants)
    _welcome(api, path, token, participants)
    return Demo(event_id, join_code, token)


def _join(api: Api, join_code: str, name: str) -> str:
    joined = api.call("POST", "/v1/join", None, {"join_code": join_code, "display_name": name})
    return str(joined["token"])


def _make_quiz(api: Api, path: str, token: str) -> None:
    """Make a draft, for whoever looks at the demo to start; the first answer in `QUIZ` is the right one."""
    questions = [
        {
            "prompt": prompt,
            "options": [
                {"label": label, "correct": label == labels[0]} for label in sorted(labels)
            ],
        }
        for prompt, labels in QUIZ.items()
    ]
    api.call(
        "POST", f"{path}/quizzes", token, {"title": "How Ovation counts", "questions": questions}
    )


def _ask(api: Api, path: str, participants: list[str]) -> None:
    """Let each participant ask its question, and upvote those of the participants before."""
    asked: list[str] = []
    for token, question in zip(participants, PARTICIPANTS.values(), strict=True):
        for question_id in asked:
            api.call("PUT", f"/v1/questions/{question_id}/upvote", token)
        asked.append(api.call("POST", f"{path}/questions", token, {"body": question})["id"])


def _welcome(api: Api, path: str, token: str, participants: list[str]) -> None:
    """Greet everyone, and let the participants applaud."""
    greeting = {"body": "Welcome! Vote, ask, and react as you like.", "pinned": True}
    api.call("POST", f"{path}/announcements", token, greeting)
    for participant, kind in zip(participants, ("clap", "clap", "heart"), strict=True):
        api.call("POST", f"{path}/reactions", participant, {"kind": kind, "count": 3})
