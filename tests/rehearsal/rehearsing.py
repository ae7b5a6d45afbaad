"""Starting `scripts/rehearse` as an organizer does, and looking into the database meanwhile."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from scripts.local.processes import wait_for
from tests.scripts.running import ROOT, clean_environment
from tests.support.databases import run_sql

END_S = 90


@dataclass(frozen=True)
class Deployment:
    """Where a deployment is, and what opens it."""

    base_url: str
    key: str
    database_url: str

    def count(self, table: str) -> int:
        """Return how many rows a table has; `table` may go on with WHERE."""
        ((count,),) = run_sql(self.database_url, f"SELECT count(*) FROM {table}")
        return cast(int, count)

    def wait_for_rows(self, table: str, count: int) -> None:
        """Return when a table has so many rows; fail when it never has."""
        assert wait_for(lambda: self.count(table) >= count, END_S, step_s=0.02), table


@dataclass
class Rehearsal:
    """A rehearsal under way, and the files it writes."""

    process: subprocess.Popen[str]
    html: Path
    json: Path

    def end(self) -> tuple[int, str, str]:
        """Wait for its end; return its exit status and both outputs."""
        output, errors = self.process.communicate(timeout=END_S)
        return self.process.returncode, output, errors

    def figures(self) -> dict[str, Any]:
        """Return what it wrote for programs."""
        return cast(dict[str, Any], json.loads(self.json.read_text(encoding="utf-8")))


def start(
    directory: Path, url: str, *arguments: str, key: str = "", env: dict[str, str] | None = None
) -> Rehearsal:
    """Start a rehearsal that writes its reports into the directory."""
    html, figures = directory / "report.html", directory / "report.json"
    command = [sys.executable, str(ROOT / "scripts" / "rehearse"), url, *arguments]
    process = subprocess.Popen(
        [*command, "--html", str(html), "--json", str(figures)],
        cwd=directory,
        env={**clean_environment(), "OVATION_ORGANIZER_KEY": key, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Rehearsal(process, html, figures)


def refusal(rehearsal: Rehearsal, status: int) -> str:
    """Return the one line with which it ended; fail when it did anything else."""
    ended, output, errors = rehearsal.end()
    assert ended == status, (output, errors)
    assert "Traceback" not in errors + output
    assert not rehearsal.html.exists()
    return errors.strip().splitlines()[-1]
