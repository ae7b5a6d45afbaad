"""Reckoning a quiz again from its answers: what the tallies, the scores and the leaderboard say."""

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.support.api import Api, Json
from tests.support.tables import query

_ANSWERS = """
    SELECT participant_id, option_ids, response_ms FROM quiz_answers WHERE question_id = :id
"""
_SCORES = """
    SELECT participant_id, score, streak, response_ms, rank FROM quiz_scores WHERE quiz_id = :id
"""
_SHOWN = """
    SELECT body::jsonb FROM feed_entries
    WHERE event_id = :event_id AND audience = :audience AND type = :type AND entity_id = :id
"""


@dataclass
class Player:
    """What somebody has reached."""

    score: int = 0
    streak: int = 0
    response_ms: int = 0


def points(worth: int, limit_s: int, response_ms: int) -> int:
    """Reckon what a right answer is worth by the published formula, in decimals."""
    if response_ms < 500:
        return worth
    share = Decimal(1) - Decimal(response_ms) / Decimal(limit_s * 1000) / 2
    return int((share * worth).quantize(Decimal(1), rounding=ROUND_HALF_UP))


async def reckon(quiz: Json) -> dict[str, Player]:
    """Return what everyone has reached with the questions that are revealed."""
    players: dict[str, Player] = {}
    for question in quiz["questions"]:
        if question["revealed_at"] is None:
            continue
        right = {option["id"] for option in question["options"] if option["correct"]}
        answers = {str(who): rest for who, *rest in await query(_ANSWERS, id=question["id"])}
        for who in players.keys() | answers.keys():
            player = players.setdefault(who, Player())
            chosen, response_ms = answers.get(who, ([], 0))
            if set(chosen) != right:
                player.streak = 0
                continue
            player.streak += 1
            player.response_ms += response_ms
            worth = question["points"]
            player.score += points(worth, question["time_limit_s"], response_ms)
            if quiz["streak_bonus"]:
                player.score += worth * min(player.streak - 1, 5) // 10
    return players


def ranked(players: dict[str, Player]) -> dict[str, int]:
    """Return everyone's rank: how many stand higher, and one."""
    places = {who: (-player.score, player.response_ms) for who, player in players.items()}
    return {who: 1 + sum(each < place for each in places.values()) for who, place in places.items()}


async def check_quiz(api: Api, event: Json, quiz: Json) -> None:
    """Assert that scores, leaderboard and tallies of both feeds are those of the answers.

    What was written last must have been published.
    """
    answer = await api.call("GET", f"/v1/quizzes/{quiz['id']}", api.organizer_key)
    quiz = answer.json()
    players = await reckon(quiz)
    ranks = ranked(players)
    scores = {
        str(who): (Player(score, streak, response_ms), rank)
        for who, score, streak, response_ms, rank in await query(_SCORES, id=quiz["id"])
    }
    assert scores == {who: (player, ranks[who]) for who, player in players.items()}
    await _check_leaderboard(event, quiz, players, ranks)
    for audience in ("public", "staff"):
        await _check_tallies(event, quiz, audience)


async def _shown(event: Json, quiz: Json, audience: str, type_: str) -> Any:
    rows = await query(_SHOWN, event_id=event["id"], audience=audience, type=type_, id=quiz["id"])
    return rows[0][0] if rows else None


async def _check_leaderboard(
    event: Json, quiz: Json, players: dict[str, Player], ranks: dict[str, int]
) -> None:
    staff = await _shown(event, quiz, "staff", "leaderboard")
    public = await _shown(event, quiz, "public", "leaderboard")
    if staff is None:
        assert public is None and not players
        return
    best = sorted(players, key=lambda who: (ranks[who], who))[:20]
    assert [entry["participant_id"] for entry in staff["entries"]] == best
    for entry in staff["entries"]:
        who = entry.pop("participant_id")
        assert (entry["score"], entry["rank"]) == (players[who].score, ranks[who])
        assert entry["streak"] == players[who].streak
    assert public == staff and staff["players"] == len(players)


async def _check_tallies(event: Json, quiz: Json, audience: str) -> None:
    shown = (await _shown(event, quiz, audience, "quiz"))["question"]
    if shown is None or "tallies" not in shown:
        return
    rows = await query(_ANSWERS, id=shown["id"])
    chosen = Counter(option for _, options, _ in rows for option in options)
    assert shown["answered"] == len(rows)
    assert {each["option_id"]: each["answers"] for each in shown["tallies"]} == {
        option["id"]: chosen[option["id"]] for option in shown["options"]
    }
