"""Pictures for the report as SVG text: no library, no script, no foreign host."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 460, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 34, 36
_TICKS = 4
# Of which a quarter is a number to read, and of which any multiple is.
_ROUND_ENDS = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)
_ROUND_STEPS = (1, 2, 5, 10)

GREEN, BLUE, RED, AMBER = "#2a7f62", "#34699a", "#c8553d", "#b7791f"


@dataclass(frozen=True)
class Line:
    """One line of a picture; a dashed one is the worse of a pair."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


@dataclass(frozen=True)
class Band:
    """A stretch of the x axis that is shaded and named."""

    name: str
    start: float
    end: float


@dataclass(frozen=True)
class Axes:
    """What the axes mean; a `y_end` of None is the next round number above the data."""

    x_unit: str
    y_unit: str
    y_end: float | None = None


def chart(
    title: str,
    lines: Sequence[Line],
    axes: Axes,
    *,
    bands: Sequence[Band] = (),
    mark: Line | None = None,
) -> str:
    """Return a picture of lines; `mark` is a line that says what the limit is."""
    points = [point for line in lines for point in line.points]
    if mark is not None:
        points += [(x, 0.0) for x, _ in mark.points]
    x_end = max((x for x, _ in points), default=1.0) or 1.0
    y_end = axes.y_end or _round_up(max((y for _, y in points), default=1.0) or 1.0, _ROUND_ENDS)
    frame = _Frame(x_end, y_end)
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">',
        *(_band(frame, band) for band in bands),
        *_grid(frame, axes),
        *(_path(frame, line) for line in ([mark] if mark else []) + list(lines)),
        *_legend([*lines, *([mark] if mark else [])]),
        "</svg>",
    ]
    return "\n".join(parts)


@dataclass(frozen=True)
class _Frame:
    x_end: float
    y_end: float

    def x(self, value: float) -> float:
        return _LEFT + value / self.x_end * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - value / self.y_end * (_HEIGHT - _TOP - _BOTTOM)


def _band(frame: _Frame, band: Band) -> str:
    start, end = frame.x(band.start), frame.x(min(band.end, frame.x_end))
    if end <= start:
        return ""
    return (
        f'<rect class="band" x="{start:.1f}" y="{_TOP}" width="{end - start:.1f}" '
        f'height="{_HEIGHT - _TOP - _BOTTOM}"><title>{escape(band.name)}</title></rect>'
    )


def _grid(frame: _Frame, axes: Axes) -> list[str]:
    parts = []
    for tick in range(_TICKS + 1):
        value = frame.y_end * tick / _TICKS
        y = frame.y(value)
        parts.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f"{_number(value)}</text>"
        )
    step = _round_up(frame.x_end / 6, _ROUND_STEPS)
    for tick in range(int(frame.x_end / step) + 1):
        x = frame.x(tick * step)
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">'
            f"{_number(tick * step)}</text>"
        )
    parts.append(
        f'<text class="unit" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 4}" text-anchor="end">'
        f"{escape(axes.x_unit)}</text>"
        f'<text class="unit" x="{_LEFT - 6}" y="{_TOP - 10}" text-anchor="end">'
        f"{escape(axes.y_unit)}</text>"
    )
    return parts


def _path(frame: _Frame, line: Line) -> str:
    drawn = " ".join(f"{frame.x(x):.1f},{frame.y(min(y, frame.y_end)):.1f}" for x, y in line.points)
    dash = ' stroke-dasharray="4 3"' if line.dashed else ""
    return (
        f'<polyline class="line" stroke="{line.colour}"{dash} points="{drawn}">'
        f"<title>{escape(line.name)}</title></polyline>"
    )


def _legend(lines: Sequence[Line]) -> list[str]:
    parts, x = [], float(_LEFT + 6)
    for line in lines:
        dash = ' stroke-dasharray="4 3"' if line.dashed else ""
        parts.append(
            f'<line class="line" stroke="{line.colour}"{dash} x1="{x:.0f}" x2="{x + 18:.0f}" '
            f'y1="12" y2="12"/><text class="tick" x="{x + 23:.0f}" y="16">{escape(line.name)}</text>'
        )
        x += 23 + 6.4 * len(line.name) + 14
    return parts


def _round_up(value: float, digits: Sequence[float]) -> float:
    """Return the next of the digits, times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in digits if power * step >= value * 0.999)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:g}"
