"""What happens to the questions of a random session."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.invariants.session_machine import NUMBERS, SessionMachine
from tests.support.session_model import ModelQuestion

QUESTION_STATUSES = st.sampled_from(["published", "answered", "dismissed", "archived"])


class QuestionRules(SessionMachine):
    """Asking, moderating, replying, upvoting."""

    def a_question(self, number: int) -> ModelQuestion:
        """Return one of the questions."""
        return list(self.model.questions.values())[number % len(self.model.questions)]

    def has_questions(self) -> bool:
        """Tell whether there is any question."""
        return bool(self.model.questions)

    @rule(who=NUMBERS, anonymous=st.booleans())
    def ask(self, who: int, anonymous: bool) -> None:
        """Ask a question."""
        body = f"Question {who}?"
        asking = self.api.ask(self.people[who % 3], self.event, body, anonymous=anonymous)
        asked = self.run(asking)
        assert asked["author_name"] == (None if anonymous else "Grace")
        self.model.questions[asked["id"]] = ModelQuestion(asked, self.first_status)

    @precondition(has_questions)
    @rule(number=NUMBERS, status=QUESTION_STATUSES)
    def moderate(self, number: int, status: str) -> None:
        """Publish, answer, dismiss or archive a question."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        assert self.call("PATCH", path, None, {"status": status}) == 200
        question.status = status
        question.pinned = question.pinned and question.is_public()

    @precondition(has_questions)
    @rule(number=NUMBERS, pinned=st.booleans())
    def pin(self, number: int, pinned: bool) -> None:
        """Pin a question or take the pin away."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        answer = self.call("PATCH", path, None, {"pinned": pinned})
        assert answer == (409 if pinned and not question.is_public() else 200)
        question.pinned = pinned if answer == 200 else question.pinned

    @precondition(has_questions)
    @rule(number=NUMBERS, erase=st.booleans())
    def reply_or_erase(self, number: int, erase: bool) -> None:
        """Reply to a question; some are erased instead."""
        question = self.a_question(number)
        path = f"/v1/questions/{question.asked['id']}"
        if erase and number % 2:
            assert self.call("DELETE", path, None) == 204
            del self.model.questions[question.asked["id"]]
            return
        assert self.call("POST", f"{path}/replies", None, {"body": f"Reply {number}."}) == 201
        question.replies.append(f"Reply {number}.")

    @precondition(has_questions)
    @rule(number=NUMBERS, who=NUMBERS, method=st.sampled_from(["PUT", "PUT", "DELETE"]))
    def upvote(self, number: int, who: int, method: str) -> None:
        """Upvote a question or take the upvote back."""
        question = self.a_question(number)
        answer = self.call(method, f"/v1/questions/{question.asked['id']}/upvote", who)
        assert answer == (200 if question.is_public() else 404)
        if answer == 200:
            change = question.upvotes.add if method == "PUT" else question.upvotes.discard
            change(self.people[who % 3].id)
