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
    """A question, and who supports it: each upvote with the merged question that brought it, or None."""

    asked: Json
    author: str
    status: str
    pinned: bool = False
    merged_into: str | None = None
    upvotes: dict[str, str | None] = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)

    def has_public_status(self) -> bool:
        """Tell whether the public may see it as long as it is not merged."""
        return self.status in ("published", "answered")

    def is_public(self) -> bool:
        """Tell whether the public may see it."""
        return self.has_public_status() and self.merged_into is None

    def details(self, *, for_staff: bool) -> Json:
        """Return the part of its entry that the model knows."""
        known = {
            "body": self.asked["body"],
            "author_name": self.asked["author_name"],
            "status": self.status,
            "upvotes": len(self.upvotes),
            "pinned": self.pinned,
            "replies": self.replies,
        }
        return known | ({"merged_into": self.merged_into} if for_staff else {})


@dataclass
class ModelQuiz:
    """A quiz as its hosts made it, how far it is, and everyone's answers by question and participant."""

    made: Json
    state: str = "draft"
    position: int = 0
    revealed: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def is_under_way(self) -> bool:
        """Tell whether it was started and not finished."""
        return self.state in ("lobby", "question", "reveal")

    def current(self) -> Json | None:
        """Return the question that is shown, None without one."""
        if self.state not in ("question", "reveal"):
            return None
        question: Json = self.made["questions"][self.position - 1]
        return question

    def act(self, action: str) -> bool:
        """Do what a host asks for; return whether it follows from the state, or is done already."""
        done = {"start": "lobby", "reveal": "reveal", "finish": "finished"}
        if action in done and self.state == done[action]:
            return True
        follows = {
            "start": self.state == "draft",
            "next": self.state in ("lobby", "reveal")
            and self.position < len(self.made["questions"]),
            "reveal": self.state == "question",
            "finish": self.is_under_way(),
        }
        if not follows[action]:
            return False
        question = self.current()
        if action in ("reveal", "finish") and question is not None:
            self.revealed.add(question["id"])
        self.position += action == "next"
        self.state = {**done, "next": "question"}[action]
        return True

    def players(self) -> int:
        """Return how many have an answer that was scored."""
        scored = [self.answers.get(id, {}) for id in self.revealed]
        return len(set[str]().union(*scored))

    def details(self, *, for_staff: bool) -> Json:
        """Return the part of its entry that the model knows."""
        question = self.current()
        return {
            "title": self.made["title"],
            "state": self.state,
            "question_number": self.position,
            "question_count": len(self.made["questions"]),
            "question": question and self._shown(question, for_staff=for_staff),
        }

    def _shown(self, question: Json, *, for_staff: bool) -> Json:
        offered = question["options"]
        shown: Json = {
            "id": question["id"],
            "prompt": question["prompt"],
            "options": [{"id": each["id"], "label": each["label"]} for each in offered],
        }
        if self.state != "reveal" and not for_staff:
            return shown
        answers = self.answers.get(question["id"], {})
        chosen = [option for each in answers.values() for option in each]
        tallies = [
            {"option_id": each["id"], "answers": chosen.count(each["id"])} for each in offered
        ]
        right = [each["id"] for each in offered if each["correct"]]
        return {
            **shown,
            "correct_option_ids": right,
            "answered": len(answers),
            "tallies": tallies,
        }


@dataclass
class SessionModel:
    """What is in one event, and the settings that decide on what is shown of it."""

    moderates_texts: bool = False
    is_slow: bool = False
    stop_list: Collection[str] = ()
    polls: dict[str, ModelPoll] = field(default_factory=dict)
    questions: dict[str, ModelQuestion] = field(default_factory=dict)
    quizzes: dict[str, ModelQuiz] = field(default_factory=dict)

    def merge(self, merged: str, into: str) -> None:
        """Let a question stand for another one, too: who upvoted either is counted once."""
        self.questions[merged].merged_into = into
        for participant_id in self.questions[merged].upvotes:
            self.questions[into].upvotes.setdefault(participant_id, merged)

    def unmerge(self, merged: str) -> None:
        """Undo it; who upvoted another question that stays merged there is still counted."""
        into = self.questions[merged].merged_into
        assert into is not None
        self.questions[merged].merged_into = None
        upvotes = self.questions[into].upvotes
        others = sorted(id for id, each in self.questions.items() if each.merged_into == into)
        for participant_id in [who for who, brought in upvotes.items() if brought == merged]:
            del upvotes[participant_id]
            for other in others:
                if participant_id in self.questions[other].upvotes:
                    upvotes.setdefault(participant_id, other)

    def erase_question(self, erased: str) -> None:
        """Forget a question; what it brought to another stays there, what was merged into it stands alone."""
        del self.questions[erased]
        for question in self.questions.values():
            if question.merged_into == erased:
                question.merged_into = None
            for participant_id, brought in question.upvotes.items():
                if brought == erased:
                    question.upvotes[participant_id] = None

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
                state["question", id] = question.details(for_staff=staff)
        for id, quiz in self.quizzes.items():
            if staff or quiz.state != "draft":
                state["quiz", id] = quiz.details(for_staff=staff)
            if quiz.revealed or quiz.state == "finished":
                state["leaderboard", id] = {"players": quiz.players(), "entries": quiz.players()}
        return state


def as_modelled(state: State) -> State:
    """Return of a client's state what a model can say about it."""
    poll = ("kind", "prompt", "status", "results_visibility", "options", "max_choices", "scale")
    known = {
        "poll": poll,
        "question": ("body", "author_name", "status", "upvotes", "pinned", "replies"),
        "quiz": ("title", "state", "question_number", "question_count", "question"),
    }
    modelled: State = {}
    for (kind, id), entry in state.items():
        if kind == "poll_results":
            modelled[kind, id] = entry
        elif kind in known:
            shown = {name: entry[name] for name in known[kind]}
            if kind == "question":
                shown["replies"] = [reply["body"] for reply in entry["replies"]]
                shown |= {name: entry[name] for name in ("merged_into",) if name in entry}
            if kind == "quiz" and entry["question"] is not None:
                times = ("opens_at", "closes_at", "last_closes_at", "points")
                asked = entry["question"].items()
                shown["question"] = {name: value for name, value in asked if name not in times}
            modelled[kind, id] = shown
        elif kind == "leaderboard":
            # Who scored what is reckoned from the answers (tests/support/quiz_recount.py).
            players, entries = entry["players"], len(entry["entries"])
            modelled[kind, id] = {"players": players, "entries": entries}
    return modelled
