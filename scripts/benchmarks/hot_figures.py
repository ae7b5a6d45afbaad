"""What a hall does all at once, per second, each beside pgbench's upserts into the same table.

Votes, upvotes and answers are measured alike: new participants send them, wait for each answer, and
every acknowledged one must be a row and be counted.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scripts.benchmarks.deployment import PARTICIPANT_ID, Deployment, Json
from scripts.benchmarks.figures import BY_KEY, Measured
from scripts.benchmarks.pace import Pace
from scripts.benchmarks.programs import pgbench, wrk
from scripts.benchmarks.quizzes import act, running_quiz
from scripts.local.failures import StartFailed
from scripts.local.terminal import say

# Of how many pgbench draws one for each upsert, for each second: so many that nineteen of twenty have written
# nothing yet, as nobody has whose writes they are compared with. To change a row costs less than a new one.
_WRITERS_PER_S = 70_000
# More than one core serves in a second: so many have a token ready, or several times what was served before.
_MOST_PER_S = 14_000
_MARGIN = 3


@dataclass(frozen=True)
class Hot:
    """One hot write: what it is written for (a poll, a question), the call, and the row that it leaves."""

    noun: str
    table: str
    # The column of `table` that names what it is written for.
    subject: str
    # The counter that each row moves by one.
    counter: str
    # Make something that takes writes from now on, and let it take none any more.
    begin: Callable[[], Json]
    end: Callable[[Json], None]
    path: Callable[[Json], str]
    # Bodies to send in turn; none where the call has no body.
    bodies: Callable[[Json], Sequence[Json]]
    # The other columns of a row, in SQL.
    columns: Callable[[Json], Mapping[str, str]]


HotWrites = Callable[[Deployment, int], AbstractContextManager[Hot]]


@contextmanager
def votes(deployment: Deployment, polls: int) -> Iterator[Hot]:
    """Yield votes in polls of four options."""

    def columns(poll: Json) -> dict[str, str]:
        option = poll["options"][0]["id"]
        ballot, counts = {"option_ids": [option]}, {"voters": 1, f"option:{option}": 1}
        return {"ballot": _literal(ballot), "counts": _literal(counts), "cast_at": "now()"}

    yield Hot(
        noun="votes",
        table="votes",
        subject="poll_id",
        counter="voters",
        begin=deployment.new_poll,
        end=deployment.close_poll,
        path=lambda poll: f"/v1/polls/{poll['id']}/vote",
        bodies=_each_option,
        columns=columns,
    )


@contextmanager
def upvotes(deployment: Deployment, questions: int) -> Iterator[Hot]:
    """Yield upvotes of questions that the audience asked."""
    yield Hot(
        noun="upvotes",
        table="upvotes",
        subject="question_id",
        counter="upvotes",
        begin=deployment.new_question,
        end=deployment.dismiss_question,
        path=lambda question: f"/v1/questions/{question['id']}/upvote",
        bodies=lambda _: [],
        columns=lambda _: {"counts": _literal({"upvotes": 1}), "created_at": "now()"},
    )


@contextmanager
def answers(deployment: Deployment, questions: int) -> Iterator[Hot]:
    """Yield answers to the questions of one quiz, of which there must be so many."""

    def columns(question: Json) -> dict[str, str]:
        option = question["options"][0]["id"]
        return {
            "option_ids": _literal([option]),
            "counts": _literal({"answered": 1, f"option:{option}": 1}),
            "response_ms": "0",
            "received_at": "now()",
        }

    with running_quiz(deployment, questions=questions) as quiz:
        asked = iter(quiz["questions"])

        def begin() -> Json:
            act(deployment, quiz, "next")
            question: Json = next(asked)
            return question

        yield Hot(
            noun="answers",
            table="quiz_answers",
            subject="question_id",
            counter="answered",
            begin=begin,
            end=lambda _: act(deployment, quiz, "reveal"),
            path=lambda question: f"/v1/quiz-questions/{question['id']}/answer",
            bodies=_each_option,
            columns=columns,
        )


RATIOS: Mapping[str, tuple[HotWrites, int]] = {
    "votes_ratio_16": (votes, 16),
    "votes_ratio_64": (votes, 64),
    "upvotes_ratio_16": (upvotes, 16),
    "answers_ratio_16": (answers, 16),
}


def ratio(
    deployment: Deployment, pace: Pace, *, key: str, writes: HotWrites, connections: int
) -> Measured:
    """Measure acknowledged writes of new participants beside pgbench's upserts of the same rows."""
    deployment.add_participants(_writers(pace))
    ratios: list[float] = []
    rates: list[float] = []
    costs: list[float] = []
    with writes(deployment, 2 * pace.repeats) as hot:
        for _ in pace.each(key):
            most_per_s = min(_MOST_PER_S, _MARGIN * max(rates, default=_MOST_PER_S))
            per_s, cpu_s = _acknowledged(deployment, pace, hot, connections, most_per_s)
            upserts = _upserts(deployment, pace, hot, connections)
            ratios.append(per_s / upserts)
            rates.append(per_s)
            costs.append(cpu_s)
        noun = hot.noun
    cost = f"{median(costs) * 1e6:.0f} µs of the server's core each"
    figure = BY_KEY[key]
    return Measured(figure, ratios, figure.goal, f"{median(rates):,.0f} {noun}/s, {cost}")


def _acknowledged(
    deployment: Deployment, pace: Pace, hot: Hot, connections: int, most_per_s: float
) -> tuple[float, float]:
    """Return acknowledged writes per second, and what one takes of the server's core in seconds."""
    thing = hot.begin()
    tokens = deployment.tokens(int(pace.seconds * most_per_s))
    script = _wrk_script(deployment.directory, hot.path(thing), hot.bodies(thing), tokens)
    before_s = deployment.server_cpu_s()
    sent = wrk(deployment.base_url, connections=connections, seconds=pace.seconds, script=script)
    cpu_s = deployment.server_cpu_s() - before_s
    hot.end(thing)
    _check_count(deployment, hot, thing, sent.requests, connections)
    return sent.per_s, cpu_s / sent.requests


def _check_count(deployment: Deployment, hot: Hot, thing: Json, seen: int, under_way: int) -> None:
    """Raise `StartFailed` unless the counters are the rows, and those hold every acknowledged write."""
    rows, counted = deployment.query(f"""
        SELECT json_build_array(
            (SELECT count(*) FROM {hot.table} WHERE {hot.subject} = '{thing["id"]}'),
            (SELECT sum(count)::bigint FROM tally_counters
             WHERE subject_id = '{thing["id"]}' AND key = '{hot.counter}'))
    """)  # nosec B608  # our own id
    # wrk stops with a request under way on each connection: those may be committed, or not.
    if not (rows == counted and seen <= rows <= seen + under_way):
        raise StartFailed(f"{seen} {hot.noun} acknowledged, {rows} rows, {counted} counted")
    say(f"    {seen:,} {hot.noun} acknowledged, {rows:,} rows, {counted:,} counted")


def _upserts(deployment: Deployment, pace: Pace, hot: Hot, clients: int) -> float:
    """Return upserts per second, each prepared and a transaction of its own."""
    thing = hot.begin()
    script = deployment.directory / "upsert.sql"
    script.write_text(f"\\set n random(1, {_writers(pace)})\n{_upsert(hot, thing)};\n")
    cluster = deployment.cluster
    url = cluster.url("ovation")
    per_s = pgbench(cluster.binaries, url, script, clients=clients, seconds=pace.seconds)
    hot.end(thing)
    return per_s


def _writers(pace: Pace) -> int:
    return int(_WRITERS_PER_S * pace.seconds)


def _upsert(hot: Hot, thing: Json) -> str:
    """Return the statement that writes the row of participant :n."""
    columns = hot.columns(thing)
    values = [f"'{thing['id']}'", PARTICIPANT_ID.format(n=":n"), *columns.values()]
    again = [f"{name} = excluded.{name}" for name in columns]
    return f"""
        INSERT INTO {hot.table} ({", ".join([hot.subject, "participant_id", *columns])})
        VALUES ({", ".join(values)})
        ON CONFLICT ({hot.subject}, participant_id) DO UPDATE SET {", ".join(again)}
    """  # nosec B608  # our own ids


def _each_option(thing: Json) -> list[Json]:
    return [{"option_ids": [option["id"]]} for option in thing["options"]]


def _literal(value: object) -> str:
    # pgbench takes a colon and a name for a variable, also within quotes.
    return "'" + json.dumps(value).replace("option:", "option\\u003a") + "'"


def _wrk_script(directory: Path, path: str, bodies: Sequence[Json], tokens: Sequence[str]) -> Path:
    (directory / "tokens").write_text("\n".join(tokens))
    script = directory / "write.lua"
    script.write_text(f"""
local tokens = {{}}
for line in io.lines("{directory / "tokens"}") do tokens[#tokens + 1] = line end
local bodies = {{ {", ".join(f"'{json.dumps(body)}'" for body in bodies)} }}
local n = 0
request = function()
  n = n + 1
  local headers = {{ ["Authorization"] = "Bearer " .. tokens[(n - 1) % #tokens + 1] }}
  local body
  if #bodies > 0 then
    headers["Content-Type"] = "application/json"
    body = bodies[n % #bodies + 1]
  end
  return wrk.format("PUT", "{path}", headers, body)
end
""")
    return script
