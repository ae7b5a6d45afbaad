"""What happens to the polls of a random session, of every kind."""

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from shared.polls.kinds import KINDS
from tests.invariants.session_machine import NUMBERS, SessionMachine
from tests.support.kinds import as_kept, make_poll, random_vote, wrong_vote
from tests.support.session_model import ModelPoll

ANY_KIND = st.sampled_from(list(KINDS))
VISIBILITIES = st.sampled_from(["live", "after_close", "staff"])
POLL_STATUSES = st.sampled_from(["open", "closed", "closed", "open", "archived"])
WISHES = st.tuples(
    NUMBERS, NUMBERS, st.sampled_from(["cast", "cast", "cast", "cast", "retract", "wrong"])
)
NEXT = {
    "draft": {"open", "archived"},
    "open": {"closed", "archived"},
    "closed": {"open", "archived"},
}


class PollRules(SessionMachine):
    """Making, opening, voting, closing, and what the staff makes of words and texts."""

    def a_poll(self, number: int) -> ModelPoll:
        """Return one of the polls."""
        return list(self.model.polls.values())[number % len(self.model.polls)]

    def has_polls(self) -> bool:
        """Tell whether there is any poll."""
        return bool(self.model.polls)

    def open_polls(self, kinds: list[str]) -> None:
        """Make a poll of each of these kinds, and open it."""
        for kind in kinds:
            made = self.run(make_poll(self.api, self.event, kind))
            self.model.polls[made["id"]] = ModelPoll(made, status="open", prompt=made["prompt"])

    @rule(visibility=VISIBILITIES, kind=ANY_KIND)
    def make_poll(self, visibility: str, kind: str) -> None:
        """Make a draft."""
        fields = {"results_visibility": visibility, "open_now": False}
        made = self.run(make_poll(self.api, self.event, kind, **fields))
        self.model.polls[made["id"]] = ModelPoll(made, visibility=visibility, prompt=made["prompt"])

    @precondition(has_polls)
    @rule(number=NUMBERS, status=POLL_STATUSES)
    def move_poll(self, number: int, status: str) -> None:
        """Open, close, reopen or archive a poll."""
        poll = self.a_poll(number)
        answer = self.call("PATCH", f"/v1/polls/{poll.made['id']}", None, {"status": status})
        allowed = status == poll.status or status in NEXT.get(poll.status, ())
        assert answer == (200 if allowed else 409)
        if allowed:
            poll.status = status

    @precondition(has_polls)
    @rule(number=NUMBERS, visibility=VISIBILITIES)
    def show_or_hide(self, number: int, visibility: str) -> None:
        """Change prompt and visibility."""
        poll = self.a_poll(number)
        poll.visibility, poll.prompt = visibility, f"Prompt {number}?"
        body = {"results_visibility": visibility, "prompt": poll.prompt}
        assert self.call("PATCH", f"/v1/polls/{poll.made['id']}", None, body) == 200

    @precondition(has_polls)
    @rule(number=NUMBERS)
    def erase_poll(self, number: int) -> None:
        """Erase a poll; one in two, so that some live."""
        poll = self.a_poll(number)
        if number % 2:
            assert self.call("DELETE", f"/v1/polls/{poll.made['id']}", None) == 204
            del self.model.polls[poll.made["id"]]

    @precondition(has_polls)
    @rule(number=NUMBERS, wishes=st.lists(WISHES, min_size=1, max_size=5))
    def vote(self, number: int, wishes: list[tuple[int, int, str]]) -> None:
        """Let some cast, change, repeat or retract a vote in one poll; some break a rule of its kind."""
        poll = self.a_poll(number)
        for who, seed, wish in wishes:
            self._vote(poll, who, Random(seed), wish)

    def _vote(self, poll: ModelPoll, who: int, chance: Random, wish: str) -> None:
        path = f"/v1/polls/{poll.made['id']}/vote"
        vote = random_vote(poll.made, chance)
        if wish == "retract":
            answer = self.call("DELETE", path, who)
        else:
            body = wrong_vote(poll.made) if wish == "wrong" else vote
            answer = self.call("PUT", path, who, body)
        if poll.status == "draft":
            assert answer == 404
        elif wish == "wrong":
            assert answer == 422
        elif poll.status != "open":
            assert answer == 409
        else:
            assert answer == 200
            participant_id = self.people[who % 3].id
            if wish == "retract":
                poll.retract(participant_id)
            else:
                poll.cast(participant_id, as_kept(poll.made, vote))

    def texts(self) -> list[ModelPoll]:
        """Return the polls whose votes are texts."""
        return [poll for poll in self.model.polls.values() if poll.made["kind"] == "open_text"]

    def has_texts(self) -> bool:
        """Tell whether there is any of these."""
        return bool(self.texts())

    @precondition(has_texts)
    @rule(number=NUMBERS, who=NUMBERS, status=st.sampled_from(["published", "dismissed"]))
    def judge(self, number: int, who: int, status: str) -> None:
        """Publish or dismiss a text; one in five decisions is on a text that is not there any more."""
        poll = self.texts()[number % len(self.texts())]
        author = self.people[who % 3].id
        written = poll.votes.get(author, {}).get("text")
        seen = "Another text" if number % 5 == 0 else written or "No text"
        path = f"/v1/polls/{poll.made['id']}/texts/{author}"
        answer = self.call("PATCH", path, None, {"text": seen, "status": status})
        if written is None:
            assert answer == 404
        elif seen != written:
            assert answer == 409
        else:
            assert answer == 200
            poll.decisions[author] = (seen, status)

    @rule(moderates=st.booleans(), stop_list=st.sets(st.sampled_from(["tea", "strasse", "milk"])))
    def change_settings(self, moderates: bool, stop_list: set[str]) -> None:
        """Let texts wait for the staff or not, and leave other words out."""
        settings = {"open_text_moderation": moderates, "word_cloud_stop_list": sorted(stop_list)}
        assert (
            self.call("PATCH", f"/v1/events/{self.event['id']}", None, {"settings": settings})
            == 200
        )
        self.model.moderates_texts, self.model.stop_list = moderates, stop_list
