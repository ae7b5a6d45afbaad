"""A hall that plays: answers per second, and how long the reveal takes that scores and ranks it."""

import json
import time
from pathlib import Path
from typing import Any

from scripts.benchmarks.deployment import Deployment
from scripts.benchmarks.figures import BY_KEY, Measured
from scripts.benchmarks.pace import Pace
from scripts.benchmarks.programs import pgbench, wrk
from scripts.local.failures import StartFailed
from scripts.local.terminal import say

PLAYERS = 50_000
_CONNECTIONS = 16
_LABELS = ("Paris", "Lyon", "Nice", "Lille")


def quiz_reveal_50000_ms(deployment: Deployment, pace: Pace) -> Measured:
    """Measure reveals, each after an answer of every player, as the host waits for them."""
    quiz = _start(deployment, questions=pace.repeats)
    _add_players(deployment)
    took_ms = []
    for number in pace.each("quiz_reveal_50000_ms"):
        _act(deployment, quiz, "next")
        question = quiz["questions"][number - 1]
        _answer_for_all(deployment, question)
        started = time.perf_counter()
        _act(deployment, quiz, "reveal")
        took_ms.append((time.perf_counter() - started) * 1_000)
        _check_ranks(deployment, quiz)
    _act(deployment, quiz, "finish")
    figure = BY_KEY["quiz_reveal_50000_ms"]
    return Measured(figure, took_ms, figure.goal, _plan(deployment, quiz))


def answers_ratio_16(deployment: Deployment, pace: Pace) -> Measured:
    """Measure acknowledged answers of new players beside pgbench's inserts into the same table."""
    quiz = _start(deployment, questions=2 * pace.repeats)
    _add_players(deployment)
    ratios, rates = [], []
    for number in pace.each("answers_ratio_16"):
        asked, reference = quiz["questions"][2 * number - 2 : 2 * number]
        _act(deployment, quiz, "next")
        script = _answer_script(deployment, asked, int(pace.seconds * 14_000))
        answers = wrk(
            deployment.base_url, connections=_CONNECTIONS, seconds=pace.seconds, script=script
        )
        if answers.refused:
            raise StartFailed(f"{answers.refused} of {answers.requests} answers were refused")
        _act(deployment, quiz, "reveal")
        _check_count(deployment, asked, answers.requests)
        _act(deployment, quiz, "next")
        inserts = _pgbench(deployment, reference, pace.seconds)
        _act(deployment, quiz, "reveal")
        ratios.append(answers.per_s / inserts)
        rates.append(answers.per_s)
    _act(deployment, quiz, "finish")
    figure = BY_KEY["answers_ratio_16"]
    remark = f"{sorted(rates)[len(rates) // 2]:,.0f} answers/s"
    return Measured(figure, ratios, figure.goal, remark)


def _start(deployment: Deployment, *, questions: int) -> dict[str, Any]:
    options = [{"label": label, "correct": label == "Paris"} for label in _LABELS]
    asked = {"prompt": "What is the capital of France?", "options": options, "time_limit_s": 600}
    body = {"title": "Benchmark", "questions": [asked] * questions}
    path = f"/v1/events/{deployment.event['id']}/quizzes"
    quiz = deployment.api().call("POST", path, deployment.organizer_key, body)
    _act(deployment, quiz, "start")
    return quiz


def _act(deployment: Deployment, quiz: dict[str, Any], action: str) -> None:
    path = f"/v1/quizzes/{quiz['id']}"
    deployment.api().call("PATCH", path, deployment.organizer_key, {"action": action})


_PLAYER = "('00000000-0000-7000-9000-' || lpad({n}::text, 12, '0'))::uuid"


def _add_players(deployment: Deployment) -> None:
    deployment.query(f"""
        WITH players AS (
            INSERT INTO participants (id, event_id, display_name)
            SELECT {_PLAYER.format(n="n")}, '{deployment.event["id"]}', 'Grace'
            FROM generate_series(1, {PLAYERS}) AS n
            ON CONFLICT DO NOTHING RETURNING id
        ) SELECT count(*) FROM players
    """)  # nosec B608  # our own ids


def _answer_for_all(deployment: Deployment, question: dict[str, Any]) -> None:
    """Let every player answer: one in four of them right, within twenty seconds."""
    options = ", ".join(f"'{option['id']}'" for option in question["options"])
    deployment.query(f"""
        WITH answers AS (
            INSERT INTO quiz_answers
                (question_id, participant_id, option_ids, counts, response_ms, received_at)
            SELECT '{question["id"]}', {_PLAYER.format(n="n")},
                   jsonb_build_array((ARRAY[{options}])[1 + n % {len(_LABELS)}]),
                   '{{}}', n * 7919 % 20000, now()
            FROM generate_series(1, {PLAYERS}) AS n
            RETURNING participant_id
        ) SELECT count(*) FROM answers
    """)  # nosec B608  # our own ids


def _check_ranks(deployment: Deployment, quiz: dict[str, Any]) -> None:
    """Raise `StartFailed` unless everyone is ranked, and nobody better than somebody with more points."""
    wrong = deployment.query(f"""
        SELECT abs(count(*) - {PLAYERS}) + count(*) FILTER (WHERE rank <> expected)
        FROM (SELECT rank, rank() OVER (ORDER BY score DESC, response_ms) AS expected
              FROM quiz_scores WHERE quiz_id = '{quiz["id"]}') AS scores
    """)  # nosec B608  # our own id
    if wrong:
        raise StartFailed(f"{wrong} of {PLAYERS} players are not where they belong")


def _plan(deployment: Deployment, quiz: dict[str, Any]) -> str:
    """Return how the scores' answers are found, as PostgreSQL explains it."""
    question = quiz["questions"][0]["id"]
    rows = deployment.query(f"""
        EXPLAIN (FORMAT JSON) SELECT * FROM quiz_answers WHERE question_id = '{question}'
    """)  # nosec B608  # our own id
    return str(rows[0]["Plan"]["Node Type"])


def _answer_script(deployment: Deployment, question: dict[str, Any], players: int) -> Path:
    tokens = deployment.directory / "players"
    tokens.write_text("\n".join(deployment.tokens(players)))
    options = ", ".join(f'"{option["id"]}"' for option in question["options"])
    script = deployment.directory / "answer.lua"
    script.write_text(f"""
local tokens = {{}}
for line in io.lines("{tokens}") do tokens[#tokens + 1] = line end
local options = {{ {options} }}
local n = 0
request = function()
  n = n + 1
  local headers = {{
    ["Authorization"] = "Bearer " .. tokens[(n - 1) % #tokens + 1],
    ["Content-Type"] = "application/json",
  }}
  local body = '{{"option_ids": ["' .. options[n % #options + 1] .. '"]}}'
  return wrk.format("PUT", "/v1/quiz-questions/{question["id"]}/answer", headers, body)
end
""")
    return script


def _check_count(deployment: Deployment, question: dict[str, Any], seen: int) -> None:
    """Raise `StartFailed` unless the counters are the rows, and those hold every acknowledged answer."""
    where = f"'{question['id']}'"
    rows = deployment.query(
        f"SELECT count(*) FROM quiz_answers WHERE question_id = {where}"  # nosec B608  # our own id
    )
    counted = deployment.query(
        "SELECT sum(count)::bigint FROM tally_counters"  # nosec B608  # our own id
        f" WHERE subject_id = {where} AND key = 'answered'"
    )
    # wrk stops with a request under way on each connection: those may be committed, or not.
    if not (rows == counted and seen <= rows <= seen + _CONNECTIONS):
        raise StartFailed(f"{seen} answers acknowledged, {rows} rows, {counted} counted")
    say(f"    {seen:,} answers acknowledged, {rows:,} rows, {counted:,} counted")


def _pgbench(deployment: Deployment, question: dict[str, Any], seconds: float) -> float:
    """Return inserts per second of answers to a question, each a transaction of its own."""
    option = question["options"][0]["id"]
    # pgbench takes a colon and a name for a variable, also within quotes.
    counts = json.dumps({"answered": 1, f"option:{option}": 1}).replace("option:", "option\\u003a")
    script = deployment.directory / "answer.sql"
    script.write_text(
        f"\\set n random(1, {PLAYERS})\n"  # nosec B608  # our own ids
        "INSERT INTO quiz_answers (question_id, participant_id, option_ids, counts, response_ms,"
        f" received_at) VALUES ('{question['id']}', {_PLAYER.format(n=':n')}, '[\"{option}\"]',"
        f" '{counts}', 0, now()) ON CONFLICT (question_id, participant_id) DO UPDATE"
        " SET option_ids = excluded.option_ids, counts = excluded.counts, received_at = now();\n"
    )
    cluster = deployment.cluster
    url = cluster.url("ovation")
    return pgbench(cluster.binaries, url, script, clients=_CONNECTIONS, seconds=seconds)
