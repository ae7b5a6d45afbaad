"""A hall that plays: how long the reveal takes that scores and ranks it."""

import time

from scripts.benchmarks.deployment import PARTICIPANT_ID, Deployment, Json
from scripts.benchmarks.figures import BY_KEY, Measured
from scripts.benchmarks.pace import Pace
from scripts.benchmarks.quizzes import LABELS, act, running_quiz
from scripts.local.failures import StartFailed

PLAYERS = 50_000


def quiz_reveal_50000_ms(deployment: Deployment, pace: Pace) -> Measured:
    """Measure reveals, each after an answer of every player, as the host waits for them."""
    deployment.add_participants(PLAYERS)
    took_ms = []
    with running_quiz(deployment, questions=pace.repeats) as quiz:
        for number in pace.each("quiz_reveal_50000_ms"):
            act(deployment, quiz, "next")
            _answer_for_all(deployment, quiz["questions"][number - 1])
            started = time.perf_counter()
            act(deployment, quiz, "reveal")
            took_ms.append((time.perf_counter() - started) * 1_000)
            _check_ranks(deployment, quiz)
    figure = BY_KEY["quiz_reveal_50000_ms"]
    return Measured(figure, took_ms, figure.goal, _plan(deployment, quiz))


def _answer_for_all(deployment: Deployment, question: Json) -> None:
    """Let every player answer: one in four of them right, within twenty seconds."""
    options = ", ".join(f"'{option['id']}'" for option in question["options"])
    deployment.query(f"""
        WITH answers AS (
            INSERT INTO quiz_answers
                (question_id, participant_id, option_ids, counts, response_ms, received_at)
            SELECT '{question["id"]}', {PARTICIPANT_ID.format(n="n")},
                   jsonb_build_array((ARRAY[{options}])[1 + n % {len(LABELS)}]),
                   '{{}}', n * 7919 % 20000, now()
            FROM generate_series(1, {PLAYERS}) AS n
            RETURNING participant_id
        ) SELECT count(*) FROM answers
    """)  # nosec B608  # our own ids


def _check_ranks(deployment: Deployment, quiz: Json) -> None:
    """Raise `StartFailed` unless everyone is ranked, and nobody better than somebody with more points."""
    wrong = deployment.query(f"""
        SELECT abs(count(*) - {PLAYERS}) + count(*) FILTER (WHERE rank <> expected)
        FROM (SELECT rank, rank() OVER (ORDER BY score DESC, response_ms) AS expected
              FROM quiz_scores WHERE quiz_id = '{quiz["id"]}') AS scores
    """)  # nosec B608  # our own id
    if wrong:
        raise StartFailed(f"{wrong} of {PLAYERS} players are not where they belong")


def _plan(deployment: Deployment, quiz: Json) -> str:
    """Return how the scores' answers are found, as PostgreSQL explains it."""
    question = quiz["questions"][0]["id"]
    rows = deployment.query(f"""
        EXPLAIN (FORMAT JSON) SELECT * FROM quiz_answers WHERE question_id = '{question}'
    """)  # nosec B608  # our own id
    return str(rows[0]["Plan"]["Node Type"])
