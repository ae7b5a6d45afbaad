"""A quiz that a host runs, one question after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from scripts.benchmarks.deployment import Deployment, Json

LABELS = ("Paris", "Lyon", "Nice", "Lille")


@contextmanager
def running_quiz(deployment: Deployment, *, questions: int) -> Iterator[Json]:
    """Start a quiz of so many questions, all alike, and finish it in the end."""
    options = [{"label": label, "correct": label == "Paris"} for label in LABELS]
    asked = {"prompt": "What is the capital of France?", "options": options, "time_limit_s": 600}
    body = {"title": "Benchmark", "questions": [asked] * questions}
    path = f"/v1/events/{deployment.event['id']}/quizzes"
    quiz = deployment.api().call("POST", path, deployment.organizer_key, body)
    act(deployment, quiz, "start")
    yield quiz
    act(deployment, quiz, "finish")


def act(
    deployment: Deployment, quiz: Json, action: Literal["start", "next", "reveal", "finish"]
) -> None:
    """Do what happens next, and wait until it is done."""
    path = f"/v1/quizzes/{quiz['id']}"
    deployment.api().call("PATCH", path, deployment.organizer_key, {"action": action})
