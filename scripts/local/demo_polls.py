"""The polls of the demo event: one of each kind, with a few votes in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.local.api import Api

Json = dict[str, Any]


@dataclass(frozen=True)
class DemoPoll:
    """A poll, how it ends up, and what each participant votes, options by their labels."""

    kind: str
    prompt: str
    labels: Sequence[str] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)
    status: str = "open"
    votes: Sequence[Json] = ()


# The one opened last is on top.
POLLS = (
    DemoPoll(
        "multiple_choice",
        "Which of these have you used before?",
        ("Sticky notes", "A show of hands", "Another tool"),
        status="closed",
        votes=(
            {"option_ids": ["Sticky notes"]},
            {"option_ids": ["A show of hands", "Another tool"]},
            {"option_ids": ["A show of hands"]},
        ),
    ),
    DemoPoll(
        "open_text",
        "What would make this session better?",
        votes=(
            {"text": "A longer break."},
            {"text": "More examples from practice."},
            {"text": "Fewer slides!"},
        ),
    ),
    DemoPoll(
        "word_cloud",
        "Which words describe your week?",
        votes=(
            {"words": ["busy", "sunny"]},
            {"words": ["busy", "curious"]},
            {"words": ["Busy", "calm", "sunny"]},
        ),
    ),
    DemoPoll(
        "ranking",
        "What matters most to you?",
        ("Speed", "Safety", "Simplicity"),
        votes=(
            {"ranking": ["Safety", "Simplicity", "Speed"]},
            {"ranking": ["Simplicity", "Safety", "Speed"]},
            {"ranking": ["Safety", "Speed", "Simplicity"]},
        ),
    ),
    DemoPoll(
        "rating",
        "How well do you know Ovation?",
        asked={"scale": {"steps": 5, "min_label": "Not at all", "max_label": "By heart"}},
        votes=({"rating": 2}, {"rating": 5}, {"rating": 3}),
    ),
    DemoPoll(
        "single_choice",
        "Where are you joining from?",
        ("Here", "Home", "On the way"),
        votes=(
            {"option_ids": ["Here"]},
            {"option_ids": ["Home"]},
            {"option_ids": ["Here"]},
        ),
    ),
    DemoPoll(
        "single_choice",
        "What shall we talk about next?",
        ("Demo", "Roadmap", "Questions"),
        status="draft",
    ),
)


def make_polls(
    api: Api, event_path: str, host_token: str, participant_tokens: Sequence[str]
) -> None:
    """Make the polls, and let each participant vote in those that are open for it."""
    for demo in POLLS:
        body: Json = {
            "kind": demo.kind,
            "prompt": demo.prompt,
            "options": [{"label": label} for label in demo.labels],
            **demo.asked,
        }
        poll = api.call("POST", f"{event_path}/polls", host_token, body)
        path = f"/v1/polls/{poll['id']}"
        if demo.status == "draft":
            continue
        api.call("PATCH", path, host_token, {"status": "open"})
        for token, vote in zip(participant_tokens, demo.votes):
            api.call("PUT", f"{path}/vote", token, _with_ids(poll, vote))
        if demo.status == "closed":
            api.call("PATCH", path, host_token, {"status": "closed"})


def _with_ids(poll: Json, vote: Json) -> Json:
    """Return a vote with ids for labels; one that names no options as it is."""
    ids = {option["label"]: option["id"] for option in poll["options"]}
    if not ids:
        return vote
    return {field: [ids[label] for label in labels] for field, labels in vote.items()}
