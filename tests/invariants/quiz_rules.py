"""What happens to the quizzes of a random session."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.invariants.session_machine import NUMBERS, SessionMachine
from tests.support.api import Json, quiz_question
from tests.support.session_model import ModelQuiz

ACTIONS = st.sampled_from(["start", "next", "next", "reveal", "reveal", "finish"])
ANSWERS = st.tuples(NUMBERS, st.sets(st.integers(0, 2), min_size=1))


class QuizRules(SessionMachine):
    """Making, playing, answering, erasing."""

    def a_quiz(self, number: int) -> ModelQuiz:
        """Return the quiz that is under way, or, one time in four or without one, any."""
        quizzes = list(self.model.quizzes.values())
        under_way = [quiz for quiz in quizzes if quiz.is_under_way()]
        if under_way and number % 4:
            return under_way[0]
        return quizzes[number % len(quizzes)]

    def has_quizzes(self) -> bool:
        """Tell whether there is any quiz."""
        return bool(self.model.quizzes)

    def begin_quiz(self) -> None:
        """Make a quiz of two questions, and show the first."""
        self.make_quiz(2, streak_bonus=True)
        for action in ("start", "next"):
            self.act(1, action)

    @rule(asked=st.integers(1, 2), streak_bonus=st.booleans())
    def make_quiz(self, asked: int, streak_bonus: bool) -> None:
        """Make a draft."""
        questions = [quiz_question(right=(number,)) for number in range(asked)]
        making = self.api.make_quiz(self.event, *questions, run=(), streak_bonus=streak_bonus)
        made: Json = self.run(making)
        self.model.quizzes[made["id"]] = ModelQuiz(made)

    @precondition(has_quizzes)
    @rule(number=NUMBERS, action=ACTIONS)
    def act(self, number: int, action: str) -> None:
        """Let a quiz go on; one action in six does not follow."""
        quiz = self.a_quiz(number)
        others = [each for each in self.model.quizzes.values() if each is not quiz]
        answer = self.call("PATCH", f"/v1/quizzes/{quiz.made['id']}", None, {"action": action})
        is_starting = action == "start" and quiz.state == "draft"
        if is_starting and any(each.is_under_way() for each in others):
            assert answer == 409
        else:
            assert answer == (200 if quiz.act(action) else 409)

    @precondition(has_quizzes)
    @rule(number=NUMBERS, answers=st.lists(ANSWERS, min_size=1, max_size=4))
    def answer(self, number: int, answers: list[tuple[int, set[int]]]) -> None:
        """Let some answer a question: in time, too late, twice the same or otherwise, or an unknown one."""
        quiz = self.a_quiz(number)
        questions = quiz.made["questions"]
        question = quiz.current() or questions[number % len(questions)]
        for who, choices in answers:
            self._answer(quiz, question, who, choices)

    def _answer(self, quiz: ModelQuiz, question: Json, who: int, choices: set[int]) -> None:
        chosen = sorted(question["options"][choice]["id"] for choice in choices)
        path = f"/v1/quiz-questions/{question['id']}/answer"
        answer = self.call("PUT", path, who, {"option_ids": chosen})
        given = quiz.answers.setdefault(question["id"], {})
        participant_id = self.people[who % 3].id
        if quiz.made["questions"].index(question) >= quiz.position:
            assert answer == 404
        elif participant_id in given:
            assert answer == (200 if given[participant_id] == chosen else 409)
        elif quiz.state != "question" or question is not quiz.current():
            assert answer == 409
        else:
            assert answer == 200
            given[participant_id] = chosen

    @precondition(has_quizzes)
    @rule(number=NUMBERS)
    def erase_quiz(self, number: int) -> None:
        """Erase a quiz; one in three, so that most live."""
        quiz = self.a_quiz(number)
        if number % 3 == 0:
            assert self.call("DELETE", f"/v1/quizzes/{quiz.made['id']}", None) == 204
            del self.model.quizzes[quiz.made["id"]]
