"""What a session should look like, kept in plain dictionaries beside the real one."""

from dataclasses import dataclass, field

from tests.support.api import Json

State = dict[tuple[str, str], Json]


@dataclass
class ModelPoll:
    """A poll as its hosts made it, and everyone's last vote by participant."""

    made: Json
    status: str = "draft"
    visibility: str = "live"
    prompt: str = ""
    votes: dict[str, list[str]] = field(default_factory=dict)

    def details(self) -> Json:
        """Return the part of its entry that the model knows."""
        shown = {"prompt": self.prompt, "status": self.status}
        return {**shown, "results_visibility": self.visibility, "options": self.made["options"]}

    def results(self) -> Json:
        """Return its counts."""
        chosen = [option_id for vote in self.votes.values() for option_id in vote]
        ids = [option["id"] for option in self.made["options"]]
        return {
            "poll_id": self.made["id"],
            "final": self.status in ("closed", "archived"),
            "voters": len(self.votes),
            "tallies": [{"option_id": id, "votes": chosen.count(id)} for id in ids],
        }

    def shows_results(self) -> bool:
        """Tell whether the public may see its counts."""
        if self.visibility == "staff":
            return False
        return self.status == "closed" or (self.status == "open" and self.visibility == "live")


@dataclass
class ModelQuestion:
    """A question, and who supports it."""

    asked: Json
    status: str
    pinned: bool = False
    upvotes: set[str] = field(default_factory=set)
    replies: list[str] = field(default_factory=list)

    def is_public(self) -> bool:
        """Tell whether the public may see it."""
        return self.status in ("published", "answered")

    def details(self) -> Json:
        """Return the part of its entry that the model knows."""
        return {
            "body": self.asked["body"],
            "author_name": self.asked["author_name"],
            "status": self.status,
            "upvotes": len(self.upvotes),
            "pinned": self.pinned,
            "replies": self.replies,
        }


@dataclass
class SessionModel:
    """The polls and questions of one event."""

    polls: dict[str, ModelPoll] = field(default_factory=dict)
    questions: dict[str, ModelQuestion] = field(default_factory=dict)

    def expected(self, audience: str) -> State:
        """Return what a client of the audience should hold, as far as the model knows it."""
        staff = audience == "staff"
        state: State = {}
        for id, poll in self.polls.items():
            if staff or poll.status in ("open", "closed"):
                state["poll", id] = poll.details()
            if poll.status != "draft" and (staff or poll.shows_results()):
                state["poll_results", id] = poll.results()
        for id, question in self.questions.items():
            if staff or question.is_public():
                state["question", id] = question.details()
        return state


def as_modelled(state: State) -> State:
    """Return of a client's state what a model can say about it."""
    known = {
        "poll": ("prompt", "status", "results_visibility", "options"),
        "poll_results": ("poll_id", "final", "voters", "tallies"),
        "question": ("body", "author_name", "status", "upvotes", "pinned", "replies"),
    }
    modelled = {}
    for (kind, id), entry in state.items():
        if kind in known:
            shown = {name: entry[name] for name in known[kind]}
            if kind == "question":
                shown["replies"] = [reply["body"] for reply in entry["replies"]]
            modelled[kind, id] = shown
    return modelled
