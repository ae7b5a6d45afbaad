"""The page's colours: each text is readable on what it stands on, in both colour schemes."""

import re

import pytest

from tests.web.test_page_assets import FOLDER

# WCAG 2.2, 1.4.3 for text and 1.4.11 for the edges of what is operated.
TEXT, EDGE = 4.5, 3.0

PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "surface", TEXT),
    ("ink", "fill", TEXT),
    ("ink", "fill-mine", TEXT),
    ("ink", "line", TEXT),
    ("muted", "paper", TEXT),
    ("muted", "surface", TEXT),
    ("muted", "fill", TEXT),
    ("muted", "fill-mine", TEXT),
    ("muted", "line", TEXT),
    ("accent-text", "paper", TEXT),
    ("accent-text", "surface", TEXT),
    ("accent-text", "fill", TEXT),
    ("accent-ink", "accent", TEXT),
    ("good", "good-fill", TEXT),
    ("warn", "warn-fill", TEXT),
    ("bad", "bad-fill", TEXT),
    ("surface", "bad", TEXT),
    ("paper", "ink", TEXT),
    ("field", "surface", EDGE),
    ("accent", "surface", EDGE),
    ("accent", "paper", EDGE),
]


def _schemes() -> dict[str, dict[str, str]]:
    styles = (FOLDER / "base.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\n *\}", styles, flags=re.DOTALL)
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", each)) for each in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_a_colour_is_readable_on_what_it_stands_on(
    scheme: str, front: str, back: str, least: float
) -> None:
    colours = _schemes()[scheme]
    assert _contrast(colours[front], colours[back]) >= least
