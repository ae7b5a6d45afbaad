"""The figures as JSON, for a program that reads them."""

import json
import math
from dataclasses import asdict
from typing import Any

from scripts.rehearsal.outcome import Outcome
from scripts.rehearsal.verdict import Verdict


def as_json(outcome: Outcome, verdict: Verdict) -> str:
    """Return everything that is reported; what never ended is null."""
    content = {
        "ready": verdict.is_ready,
        "verdict": verdict.sentence,
        "lost": outcome.lost,
        "miscounted": outcome.miscounted,
        "checks": [asdict(check) for check in verdict.checks],
        "notes": list(verdict.notes),
        **asdict(outcome),
    }
    return json.dumps(_without_infinity(content), indent=2, ensure_ascii=False) + "\n"


def _without_infinity(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_infinity(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_infinity(each) for each in value]
    return None if isinstance(value, float) and math.isinf(value) else value
