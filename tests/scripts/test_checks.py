"""What `scripts/test` says of its checks: nothing that did not run is called passed."""

import json
from pathlib import Path

import pytest

from scripts import checks
from scripts.checks import Check, Outcome, Verdict, judge_audit, summary, timed


def audit_report(*packages: dict[str, object]) -> str:
    """Return what pip-audit prints with --format=json."""
    return json.dumps({"dependencies": list(packages), "fixes": []})


CLEAN: dict[str, object] = {"name": "pyjwt", "version": "2.15.1", "vulns": []}
UNKNOWN: dict[str, object] = {"name": "mangum", "skip_reason": "not found on PyPI"}
VULNERABLE: dict[str, object] = {"name": "six", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}


def test_an_audit_of_every_package_without_a_finding_passes() -> None:
    assert judge_audit(audit_report(CLEAN, CLEAN), "")[0] is Verdict.PASSED


def test_an_audit_that_could_not_look_up_a_package_was_not_run() -> None:
    verdict, detail = judge_audit(audit_report(CLEAN, UNKNOWN), "")
    assert verdict is Verdict.NOT_RUN
    assert detail == "1 of 2 packages could not be looked up"


def test_a_vulnerability_fails_the_audit_also_when_another_package_is_unknown() -> None:
    verdict, detail = judge_audit(audit_report(UNKNOWN, VULNERABLE), "")
    assert verdict is Verdict.FAILED
    assert "six 1.0: PYSEC-1" in detail


@pytest.mark.parametrize("report", ["", "Traceback", "[]", "{}", audit_report()])
def test_an_audit_without_a_report_was_not_run(report: str) -> None:
    assert judge_audit(report, "error: no route to the index\n")[0] is Verdict.NOT_RUN


def test_the_summary_has_a_line_for_each_check() -> None:
    lines = summary(
        [Outcome("black", Verdict.PASSED, "", 1.25), Outcome("mypy", Verdict.FAILED, "exit 1", 30)]
    ).splitlines()
    assert lines[1].split() == ["black", "passed", "1.2"]
    assert lines[2].split() == ["mypy", "FAILED", "30.0", "exit", "1"]


def test_a_check_that_was_not_run_says_so_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcome = timed(Check("pip-audit", lambda: (Verdict.NOT_RUN, "offline")))
    assert outcome.verdict is Verdict.NOT_RUN
    assert "pip-audit: NOT RUN (offline)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("verdict", "status"), [(Verdict.PASSED, 0), (Verdict.NOT_RUN, 0), (Verdict.FAILED, 1)]
)
def test_one_failure_among_the_checks_is_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verdict: Verdict, status: int
) -> None:
    monkeypatch.chdir(tmp_path)
    ran: list[str] = []

    def check(name: str, becomes: Verdict) -> Check:
        def run() -> tuple[Verdict, str]:
            ran.append(name)
            return becomes, ""

        return Check(name, run)

    planned = [check("first", verdict), check("second", Verdict.PASSED)]
    monkeypatch.setattr(checks, "static_checks", lambda: planned)
    assert checks.main(["--fast"]) == status
    assert ran == ["first", "second"]


def test_programs_without_a_suffix_are_checked_too(tmp_path: Path) -> None:
    (tmp_path / "serve").write_text("#!/usr/bin/env python3\n")
    (tmp_path / "test").write_text("#!/usr/bin/env bash\npython3 -V\n")
    (tmp_path / "module.py").write_text("#!/usr/bin/env python3\n")
    assert checks.python_executables(tmp_path) == [tmp_path / "serve"]
