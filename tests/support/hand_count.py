"""What a poll's results must be, counted by hand from its ballots: nothing here is the code under test."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.support.api import Json

MOST_WORDS, MOST_TEXTS = 100, 50


@dataclass(frozen=True)
class Ballot:
    """One participant's vote as the row holds it, and what becomes of its text."""

    participant_id: str
    vote: Json
    text_status: str = "published"


def count_by_hand(
    poll: Json, ballots: Sequence[Ballot], *, for_staff: bool, stop_list: Collection[str] = ()
) -> Json:
    """Return the results of a poll; its ballots in the order in which their texts were written."""
    results: Json = {
        "poll_id": poll["id"],
        "final": poll["status"] in ("closed", "archived"),
        "voters": len(ballots),
    }
    votes = [ballot.vote for ballot in ballots]
    match poll["kind"]:
        case "single_choice" | "multiple_choice":
            chosen = Counter(option for vote in votes for option in vote["option_ids"])
            results["tallies"] = _of_options(poll, chosen, "votes")
        case "ranking":
            results["tallies"] = _of_options(poll, _points(votes), "points")
        case "rating":
            ratings = Counter(vote["rating"] for vote in votes)
            steps = range(1, poll["scale"]["steps"] + 1)
            results["tallies"] = [{"rating": step, "votes": ratings[step]} for step in steps]
            results["mean"] = _mean(ratings.elements())
        case "word_cloud":
            words = Counter(word for vote in votes for word in vote["words"])
            shown = [each for each in words.items() if each[0] not in stop_list]
            shown.sort(key=lambda each: (-each[1], each[0]))
            results["tallies"] = [
                {"word": word, "count": count} for word, count in shown[:MOST_WORDS]
            ]
        case "open_text":
            results["tallies"] = _texts(ballots, for_staff=for_staff)
        case unknown:
            raise AssertionError(f"nobody counts {unknown} by hand")
    return results


def _of_options(poll: Json, amounts: Mapping[str, int], name: str) -> list[Json]:
    return [
        {"option_id": option["id"], name: amounts.get(option["id"], 0)}
        for option in poll["options"]
    ]


def _points(votes: Iterable[Json]) -> Mapping[str, int]:
    points: Counter[str] = Counter()
    for vote in votes:
        # The last gets one point, the one before two, and so on.
        for place_from_below, option in enumerate(reversed(vote["ranking"]), start=1):
            points[option] += place_from_below
    return points


def _mean(ratings: Iterable[int]) -> float | None:
    given = list(ratings)
    if not given:
        return None
    return float(Fraction(sum(given), len(given)))


def _texts(ballots: Sequence[Ballot], *, for_staff: bool) -> list[Json]:
    newest_first = list(reversed(ballots))
    if for_staff:
        return [
            {
                "text": ballot.vote["text"],
                "participant_id": ballot.participant_id,
                "status": ballot.text_status,
            }
            for ballot in newest_first[:MOST_TEXTS]
        ]
    shown = [ballot for ballot in newest_first if ballot.text_status == "published"]
    return [{"text": ballot.vote["text"]} for ballot in shown[:MOST_TEXTS]]
