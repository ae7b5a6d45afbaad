"""The verdict: is the deployment ready for this audience? Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.rehearsal.outcome import Outcome
from scripts.rehearsal.recount import Row
from scripts.rehearsal.wording import milliseconds, percent

# Beyond this the laptop was so late itself that what it measured is partly its own.
_LATE_S = 0.25
_USUAL_POLL_AFTER_S = 2.0
# As many wrong counts are named in the verdict; the report has all of them.
_NAMED = 4


@dataclass(frozen=True)
class Limits:
    """What is good enough; `staleness_s` and `answer_s` for 99 of 100."""

    staleness_s: float = 5.0
    answer_s: float = 2.0
    errors_share: float = 0.01


@dataclass(frozen=True)
class Check:
    """One thing that has to be so, and a sentence that says how it is."""

    name: str
    passed: bool
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """The answer, the checks that it stands on, and what else is worth knowing."""

    checks: tuple[Check, ...]
    notes: tuple[str, ...]
    summary: str

    @property
    def is_ready(self) -> bool:
        """Whether everything is good enough."""
        return all(check.passed for check in self.checks)

    @property
    def sentence(self) -> str:
        """The verdict in plain words."""
        if self.is_ready:
            return f"Ready: {self.summary}"
        failed = [check.sentence for check in self.checks if not check.passed]
        return f"Not ready: {' '.join(failed)}"


def judge(outcome: Outcome, limits: Limits) -> Verdict:
    """Return the verdict on a rehearsal."""
    results, joined = outcome.results, f"{outcome.arrived:,} attendees"
    summary = (
        f"{joined} joined and voted {outcome.votes:,} times, every vote was counted once, and 99 % "
        f"of the screens showed it within {milliseconds(results.p99_s)}."
    )
    return Verdict(tuple(_checks(outcome, limits)), tuple(_notes(outcome)), summary)


def _checks(outcome: Outcome, limits: Limits) -> Iterator[Check]:
    out = outcome.attendees - outcome.arrived
    yield Check(
        "Everyone gets in",
        out <= limits.errors_share * outcome.attendees,
        f"{outcome.arrived:,} of {outcome.attendees:,} attendees got in.",
    )
    yield Check("No vote is lost", not outcome.lost and outcome.votes > 0, _losses(outcome))
    yield Check(
        "Every count is right", all(each.is_right for each in _rows(outcome)), _counts(outcome)
    )
    yield _freshness(outcome, limits)
    behind = outcome.screens_behind
    yield Check(
        "Every screen ends right",
        behind <= limits.errors_share * outcome.arrived,
        f"{outcome.arrived - behind:,} of {outcome.arrived:,} screens show the final results.",
    )
    yield from _speed(outcome, limits)
    yield Check(
        "Requests succeed",
        outcome.errors_share <= limits.errors_share,
        f"{outcome.errors:,} of {outcome.sent:,} requests failed "
        f"({percent(outcome.errors_share)}; the limit is {percent(limits.errors_share)}).",
    )


def _losses(outcome: Outcome) -> str:
    if not outcome.lost:
        count = outcome.votes
        return f"All of {count:,} acknowledged votes are there." if count else "Nobody could vote."
    lost = [
        f"{number:,} acknowledged {name if number == 1 else name + 's'}"
        for number, name in (
            (sum(poll.lost for poll in outcome.polls), "vote"),
            (outcome.upvotes.lost, "upvote"),
            (outcome.reactions.lost, "reaction"),
        )
        if number
    ]
    return f"{' and '.join(lost)} {'is' if outcome.lost == 1 else 'are'} lost."


def _rows(outcome: Outcome) -> Iterator[Row]:
    for each in outcome.recounts:
        yield from [*each.rows, each.voters]


def _counts(outcome: Outcome) -> str:
    wrong = [row for row in _rows(outcome) if not row.is_right]
    if not wrong:
        return "Every published count is what was acknowledged."
    named = ", ".join(
        f"{row.label} {row.published:,} instead of {row.expected:,}" for row in wrong[:_NAMED]
    )
    more = f" and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
    return f"Published counts are wrong: {named}{more}."


def _freshness(outcome: Outcome, limits: Limits) -> Check:
    worst = max(outcome.openings.p99_s, outcome.results.p99_s)
    shown = (
        f"99 % of the screens showed a new poll within {milliseconds(outcome.openings.p99_s)} and a "
        f"vote within {milliseconds(outcome.results.p99_s)}"
        if math.isfinite(worst)
        else "more than 1 % of the screens never showed what was new"
    )
    sentence = f"{shown} (the limit is {milliseconds(limits.staleness_s)})."
    return Check(
        "Screens are fresh", worst <= limits.staleness_s, sentence[0].upper() + sentence[1:]
    )


def _speed(outcome: Outcome, limits: Limits) -> Iterator[Check]:
    for name, doing in (("join_event", "Joining"), ("cast_vote", "Voting")):
        figures = outcome.operation(name)
        if figures is not None:
            yield Check(
                f"{doing} is quick",
                figures.p99_s <= limits.answer_s,
                f"{doing} took up to {milliseconds(figures.p99_s)} for 99 of 100 "
                f"(the limit is {milliseconds(limits.answer_s)}).",
            )


def _notes(outcome: Outcome) -> Iterator[str]:
    if outcome.slowed_joins:
        yield (
            f"The deployment limits how many join from one address, and this computer is one: they "
            f"took {outcome.arrival_took_s:.0f} s to come in instead of {outcome.arrival_s:.0f} s. "
            "A hall behind one router is one address too: see ADDRESS_JOINS_PER_S."
        )
    if outcome.lateness_p99_s > _LATE_S:
        yield (
            f"This computer was late by up to {milliseconds(outcome.lateness_p99_s)} itself, so part of "
            "the times is its own: rehearse from a faster one, or with fewer attendees."
        )
    if outcome.longest_poll_after_s > _USUAL_POLL_AFTER_S:
        yield (
            f"Under load the deployment asked its audience to poll every "
            f"{outcome.longest_poll_after_s:g} s only, which makes screens that much later."
        )
    if outcome.resent:
        yield (
            f"{outcome.resent:,} requests lost their connection before an answer and were sent "
            "again: did something restart?"
        )
    if outcome.too_late:
        yield f"{outcome.too_late:,} votes came after the close and were refused, as they should be."
    if outcome.unknown:
        yield (
            f"{outcome.unknown:,} votes were never answered, and the deployment did not say "
            "afterwards whether it has them."
        )
