"""What happens to the questions of a random session."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.invariants.session_machine import NUMBERS, SessionMachine
from tests.support.problems import check_problem
from tests.support.session_model import ModelQuestion

QUESTION_STATUSES = st.sampled_from(["published", "answered", "dismissed", "archived"])

UPVOTES = st.tuples(NUMBERS, st.sampled_from(["PUT", "PUT", "DELETE"]))


class QuestionRules(SessionMachine):
    """Asking, also in slow mode, moderating, replying, merging, upvoting."""

    def a_question(self, number: int) -> ModelQuestion:
        """Return one of the questions."""
        return list(self.model.questions.values())[number % len(self.model.questions)]

    def has_questions(self) -> bool:
        """Tell whether there is any question."""
        return bool(self.model.questions)

    def ask_first(self, count: int) -> None:
        """Ask a few questions, each with one supporter of its own."""
        for number in range(count):
            self.ask(number, anonymous=False, is_slow=False)
        for who, question in enumerate(self.model.questions.values()):
            self._upvote(question, who, "PUT")

    @rule(who=NUMBERS, anonymous=st.booleans(), is_slow=st.booleans())
    def ask(self, who: int, anonymous: bool, is_slow: bool) -> None:
        """Ask a question, in slow mode or not: in slow mode, who has asked one is refused."""
        self.slow_down(is_slow)
        author = self.people[who % 3]
        path = f"/v1/events/{self.event['id']}/questions"
        body = {"body": f"Question {who}?", "anonymous": anonymous}
        answer = self.run(self.api.call("POST", path, author.token, body))
        has_asked = any(each.author == author.id for each in self.model.questions.values())
        if self.model.is_slow and has_asked:
            check_problem(answer, 429, "slow_mode")
            return
        assert answer.status_code == 201, answer.text
        asked = answer.json()
        assert asked["author_name"] == (None if anonymous else "Grace")
        self.model.questions[asked["id"]] = ModelQuestion(asked, author.id, self.first_status)

    def slow_down(self, is_slow: bool) -> None:
        """Turn the slow mode on, for longer than the session lasts, or off."""
        if is_slow != self.model.is_slow:
            body = {"settings": {"slow_mode_s": 3_600 if is_slow else 0}}
            assert self.call("PATCH", f"/v1/events/{self.event['id']}", None, body) == 200
            self.model.is_slow = is_slow

    @precondition(has_questions)
    @rule(number=NUMBERS, status=QUESTION_STATUSES)
    def moderate(self, number: int, status: str) -> None:
        """Publish, answer, dismiss or archive a question."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        answer = self.call("PATCH", path, None, {"status": status})
        assert answer == (409 if question.merged_into else 200)
        if answer == 200:
            question.status = status
            question.pinned = question.pinned and question.is_public()

    @precondition(has_questions)
    @rule(number=NUMBERS, pinned=st.booleans())
    def pin(self, number: int, pinned: bool) -> None:
        """Pin a question or take the pin away."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        answer = self.call("PATCH", path, None, {"pinned": pinned})
        is_refused = question.merged_into or (pinned and not question.is_public())
        assert answer == (409 if is_refused else 200)
        question.pinned = pinned if answer == 200 else question.pinned

    @precondition(has_questions)
    @rule(number=NUMBERS, erase=st.booleans())
    def reply_or_erase(self, number: int, erase: bool) -> None:
        """Reply to a question; some are erased instead."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        if erase and number % 2:
            assert self.call("DELETE", path, None) == 204
            self.model.erase_question(question.asked["id"])
            return
        answer = self.call("POST", f"{path}/replies", None, {"body": f"Reply {number}."})
        assert answer == (409 if question.merged_into else 201)
        if answer == 201:
            question.replies.append(f"Reply {number}.")

    @precondition(has_questions)
    @rule(number=NUMBERS, into=NUMBERS)
    def merge(self, number: int, into: int) -> None:
        """Merge a question into another one."""
        question, other = self.a_question(number), self.a_question(into)
        id, into_id = question.asked["id"], other.asked["id"]
        answer = self.call("POST", f"/v1/questions/{id}/merge", None, {"into": into_id})
        if question is other:
            assert answer == 422
        elif question.merged_into == into_id:
            assert answer == 200
        elif question.merged_into or other.merged_into:
            assert answer == 409
        else:
            assert answer == 200
            self.model.merge(id, into_id)

    @precondition(has_questions)
    @rule(number=NUMBERS)
    def unmerge(self, number: int) -> None:
        """Undo a merge, mostly one that there is."""
        merged = [each for each in self.model.questions.values() if each.merged_into]
        question = merged[number % len(merged)] if merged else self.a_question(number)
        id, into_id = question.asked["id"], question.merged_into
        answer = self.call("DELETE", f"/v1/questions/{id}/merge", None)
        if into_id is not None and self.model.questions[into_id].merged_into:
            assert answer == 409
            return
        assert answer == 200
        if into_id is not None:
            self.model.unmerge(id)

    @precondition(has_questions)
    @rule(number=NUMBERS, wishes=st.lists(UPVOTES, min_size=1, max_size=4))
    def upvote(self, number: int, wishes: list[tuple[int, str]]) -> None:
        """Let some upvote a question or take the upvote back."""
        question = self.a_question(number)
        for who, method in wishes:
            self._upvote(question, who, method)

    def _upvote(self, question: ModelQuestion, who: int, method: str) -> None:
        answer = self.call(method, f"/v1/questions/{question.asked['id']}/upvote", who)
        if not question.has_public_status():
            assert answer == 404
        elif question.merged_into:
            assert answer == 409
        else:
            assert answer == 200
            participant_id = self.people[who % 3].id
            question.upvotes.pop(participant_id, None)
            if method == "PUT":
                question.upvotes[participant_id] = None
