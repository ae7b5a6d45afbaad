"""What a session should look like, kept in plain dictionaries beside the real one."""

from collections.abc import Collection
from dataclasses import dataclass, field

from tests.support.api import Json
from tests.support.hand_count import Ballot, count_by_hand

State = dict[tuple[str, str], Json]


@dataclass
class ModelPoll:
    """A poll as its hosts made it, and everyone's last vote by participant.

    Who wrote a text last comes last. A decision is on one text of one participant, the last one.
    """

    made: Json
    status: str = "draft"
    visibility: str = "live"
    prompt: str = ""
    votes: dict[str, Json] = field(default_factory=dict)
    decisions: dict[str, tuple[str, str]] = field(default_factory=dict)

    def cast(self, participant_id: str, vote: Json) -> None:
        """Take in a vote as it is kept."""
        if self.votes.get(participant_id) != vote:
            self.votes.pop(participant_id, None)
            self.votes[participant_id] = vote

    def retract(self, participant_id: str) -> None:
        """Forget a vote, with what was decided on it."""
        self.votes.pop(participant_id, None)
        self.decisions.pop(participant_id, None)

    def details(self) -> Json:
        """Return the part of its entry that the model knows."""
        shown = {name: self.made[name] for name in ("kind", "options", "max_choices", "scale")}
        return {
            **shown,
            "prompt": self.prompt,
            "status": self.status,
            "results_visibility": self.visibility,
        }

    def results(self, *, for_staff: bool, moderated: bool, stop_list: Collection[str]) -> Json:
        """Return what its votes add up to for an audience."""
        ballots = []
        for participant_id, vote in self.votes.items():
            decided_on, decision = self.decisions.get(participant_id, (None, ""))
            undecided = "pending" if moderated else "published"
            text_status = decision if decided_on == vote.get("text", "") else undecided
            ballots.append(Ballot(participant_id, vote, text_status))
        poll = {**self.made, "status": self.status}
        return count_by_hand(poll, ballots, for_staff=for_staff, stop_list=stop_list)

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
    """The polls and questions of one event, and the settings that decide on what is shown of them."""

    moderates_texts: bool = False
    stop_list: Collection[str] = ()
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
                state["poll_results", id] = poll.results(
                    for_staff=staff, moderated=self.moderates_texts, stop_list=self.stop_list
                )
        for id, question in self.questions.items():
            if staff or question.is_public():
                state["question", id] = question.details()
        return state


def as_modelled(state: State) -> State:
    """Return of a client's state what a model can say about it."""
    poll = ("kind", "prompt", "status", "results_visibility", "options", "max_choices", "scale")
    known = {
        "poll": poll,
        "question": ("body", "author_name", "status", "upvotes", "pinned", "replies"),
    }
    modelled = {}
    for (kind, id), entry in state.items():
        if kind == "poll_results":
            modelled[kind, id] = entry
        elif kind in known:
            shown = {name: entry[name] for name in known[kind]}
            if kind == "question":
                shown["replies"] = [reply["body"] for reply in entry["replies"]]
            modelled[kind, id] = shown
    return modelled
