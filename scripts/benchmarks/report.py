"""The table on the terminal, the JSON file, and the page with its picture."""

import json
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from scripts.benchmarks.figures import Measured

_COLUMNS = ("figure", "median", "low", "high", "goal", "met", "remark")


def table(measured: Sequence[Measured]) -> str:
    """Return the figures as lines of aligned columns."""
    rows = [_COLUMNS, *(_row(each) for each in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(each: Measured) -> tuple[str, ...]:
    low, high = min(each.values), max(each.values)
    bound = "≥" if each.figure.better == "higher" else "≤"
    numbers = (f"{each.median:,.4g}", f"{low:,.4g}", f"{high:,.4g}")
    goal = f"{bound} {each.goal:,.4g} {each.figure.unit}"
    return (each.figure.key, *numbers, goal, "yes" if each.is_met else "no", each.remark)


def as_json(measured: Sequence[Measured]) -> str:
    """Return the figures by their keys."""
    figures = {
        each.figure.key: {
            "median": each.median,
            "low": min(each.values),
            "high": max(each.values),
            "goal": each.goal,
            "unit": each.figure.unit,
        }
        for each in measured
    }
    return json.dumps(figures, indent=2) + "\n"


def write_page(measured: Sequence[Measured], page: Path) -> None:
    """Write the page, and beside it the picture that it shows."""
    picture = page.parent / "images" / "benchmarks.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    _draw(measured, picture)
    lines = [
        "# Benchmarks",
        "",
        f"Written by `scripts/bench` on {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, "
        f"Python {platform.python_version()}. The server has one core, the load the other; each "
        "figure is the median of its repeats, beside what limits it in the same run.",
        "",
        f"![How far each figure is from its goal](images/{picture.name})",
        "",
        "| figure | what | median | low – high | goal | met | remark |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in measured:
        key, middle, low, high, goal, met, remark = _row(each)
        title = each.figure.title
        lines.append(
            f"| `{key}` | {title} | {middle} | {low} – {high} | {goal} | {met} | {remark} |"
        )
    page.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _draw(measured: Sequence[Measured], picture: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    # So that two runs with the same figures make the same file.
    matplotlib.rcParams["svg.hashsalt"] = "ovation"
    from matplotlib import pyplot

    names = [each.figure.key for each in reversed(measured)]
    shares = [
        each.median / each.goal if each.figure.better == "higher" else each.goal / each.median
        for each in reversed(measured)
    ]
    colours = ["#2a7f62" if each.is_met else "#c8553d" for each in reversed(measured)]
    figure, axes = pyplot.subplots(figsize=(8, 0.4 * len(names) + 1))
    axes.barh(names, [min(share, 4) for share in shares], color=colours)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xlabel("times as good as the goal (cut at 4)")
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None})
