"""What `scripts/rehearse` can be told, and what it refuses."""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.rehearsal.origin import Target, parse_target
from scripts.rehearsal.verdict import Limits

KEY_VARIABLE = "OVATION_ORGANIZER_KEY"
MOST_ATTENDEES = 10_000
LEAST_MINUTES = 0.1
MOST_MINUTES = 60.0


@dataclass(frozen=True)
class Options:
    """The wishes of whoever started it."""

    target: Target
    key: str
    attendees: int
    minutes: float
    limits: Limits
    yes: bool
    html: Path
    json: Path | None


def parse_options(arguments: Sequence[str]) -> Options:
    """Return the options; exit with status 2 and a line on standard error when they make no sense."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        ready = _read_ready_file(given.ready_file) if given.ready_file else {}
        url = given.url or ready.get("base_url")
        key = given.key or os.environ.get(KEY_VARIABLE) or ready.get("organizer_key")
        if not url:
            raise ValueError("say which deployment: its URL, or the --ready-file of scripts/run")
        if not key:
            raise ValueError(f"say whose event it is: --key, {KEY_VARIABLE} or --ready-file")
        if not key.startswith("ovk_") or not key.isascii() or not key.isprintable():
            raise ValueError("that is no organizer key: those start with ovk_")
        for path in filter(None, (given.html, given.json)):
            if not path.absolute().parent.is_dir():
                raise ValueError(f"{path.parent} is no directory to write into")
        target = parse_target(url)
    except ValueError as wrong:
        parser.error(str(wrong))
    return Options(
        target=target,
        key=key,
        attendees=given.attendees,
        minutes=given.minutes,
        limits=Limits(
            staleness_s=given.max_staleness,
            answer_s=given.max_answer,
            errors_share=given.max_errors / 100,
        ),
        yes=given.yes,
        html=given.html,
        json=given.json,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/rehearse",
        usage="scripts/rehearse URL [--attendees N] [--minutes M] [options]",
        description="Rehearse a show against a deployment: attendees join, poll, vote, ask and upvote in "
        "an event of their own, which is erased afterwards. Exit status: 0 ready, 1 not ready.",
    )
    add = parser.add_argument
    add("url", nargs="?", metavar="URL", help="the deployment, as in https://ovation.example.org")
    add("--attendees", type=_whole(1, MOST_ATTENDEES), default=100, metavar="N", help="(100)")
    minutes = _number(LEAST_MINUTES, MOST_MINUTES)
    add("--minutes", type=minutes, default=2.0, metavar="M", help="length, also 0.5 (2)")
    add(
        "--key",
        metavar="KEY",
        help=f"organizer key; better in {KEY_VARIABLE}, which ps does not show",
    )
    add("--ready-file", type=Path, metavar="PATH", help="address and key as scripts/run wrote them")
    add("--yes", action="store_true", help="do not ask before a host that is not this machine")
    html = Path("rehearsal.html")
    add("--html", type=Path, default=html, metavar="PATH", help="the report (rehearsal.html)")
    add("--json", type=Path, metavar="PATH", help="write the figures here too")
    limits = Limits()
    seconds = _number(0.1, 600)
    stale = f"longest until 99 %% of screens show a change ({limits.staleness_s:g})"
    add("--max-staleness", type=seconds, default=limits.staleness_s, metavar="S", help=stale)
    answer = f"longest join or vote of 99 in 100 ({limits.answer_s:g})"
    add("--max-answer", type=seconds, default=limits.answer_s, metavar="S", help=answer)
    errors = limits.errors_share * 100
    share = f"most requests that may fail, in percent ({errors:g})"
    add("--max-errors", type=_number(0, 100), default=errors, metavar="P", help=share)
    return parser


def _read_ready_file(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(content[name]) for name in ("base_url", "organizer_key")}
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} is no ready file of scripts/run") from None


def _number(least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least:g} and {most:,g}")
        return value

    return parse


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most:,}")
        return value

    return parse
