"""Numbers as people read them."""

import math


def milliseconds(seconds: float) -> str:
    """Return a time of seconds in ms below one second, "never" for what did not end."""
    if math.isinf(seconds):
        return "never"
    return f"{seconds * 1000:,.0f} ms" if seconds < 0.9995 else f"{seconds:.1f} s"


def percent(share: float) -> str:
    """Return a part of 1 in percent, to three digits when it is small."""
    return f"{share * 100:.3g} %" if share < 0.1 else f"{share * 100:.0f} %"


def share_of(part: int, whole: int) -> str:
    """Return so much of the whole in percent."""
    return percent(part / whole if whole else 0.0)


def size(count: int) -> str:
    """Return bytes in the unit that suits."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} GB"
