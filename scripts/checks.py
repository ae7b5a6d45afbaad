"""Every check that a change must pass, run and timed one after the other.

`scripts/test` starts this in the right environment. A failure does not stop the rest, so that one run
shows all there is to mend; the exit status is non-zero when anything failed. A check that could not
run is reported as NOT RUN with the reason, never as passed.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from scripts import actionlint
from scripts.workflow_shell import shell_programs, write_blocks

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("handlers", "shared", "migrations", "scripts", "tests")
SHIPPED = ("handlers", "shared", "migrations", "scripts")
AUDIT_LIMIT_S = 180


class Verdict(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "FAILED"
    NOT_RUN = "NOT RUN"


@dataclass(frozen=True)
class Outcome:
    """A check's verdict, one line that says more, and how long it took in seconds."""

    name: str
    verdict: Verdict
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Check:
    """A check's name and what runs it."""

    name: str
    run: Callable[[], tuple[Verdict, str]]


# A file at a time in each process, since files share what is expensive; each has a PostgreSQL of its own.
AT_ONCE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")


def main(arguments: Sequence[str]) -> int:
    """Run the checks that `arguments` ask for and return the exit status."""
    os.chdir(ROOT)
    if arguments and arguments[0] != "--fast":
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode
    checks = static_checks() if arguments else [*static_checks(), *slow_checks()]
    outcomes = [timed(check) for check in checks]
    print(f"\nPython {sys.version.split()[0]}\n{summary(outcomes)}", flush=True)
    return int(any(outcome.verdict is Verdict.FAILED for outcome in outcomes))


def static_checks() -> list[Check]:
    """Return the checks that read the code and run none of it."""
    present = [package for package in PACKAGES if (ROOT / package).is_dir()]
    shipped = [package for package in SHIPPED if (ROOT / package).is_dir()]
    executables = [str(path.relative_to(ROOT)) for path in python_executables(ROOT / "scripts")]
    sources = [*present, *executables]
    return [
        _tool("black", "-m", "black", "--check", *sources),
        _tool("flake8", "-m", "flake8", *sources),
        _tool("mypy", "-m", "mypy", "--strict", "--scripts-are-modules", *sources),
        _tool("import-linter", _beside("lint-imports")),
        _tool("bandit", "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", *shipped, *executables),
        *workflow_checks(ROOT),
        Check("shellcheck", lambda: shellcheck(ROOT)),
        Check("commits", _commits),
    ]


def workflow_checks(root: Path) -> list[Check]:
    """Return the checks of the pipelines and of compose.yaml: known keys, and nothing that leaks."""
    paths = sorted((root / ".github" / "workflows").glob("*.yml"))
    workflows = [str(path) for path in paths]
    schema = (_beside("check-jsonschema"), "--builtin-schema")
    return [
        Check("actionlint", lambda: lint_workflows(paths)),
        _tool("zizmor", _beside("zizmor"), *"--offline --pedantic --quiet".split(), *workflows),
        _tool("workflows", *schema, "vendor.github-workflows", *workflows),
        _tool("compose", *schema, "vendor.compose-spec", str(root / "compose.yaml")),
    ]


def lint_workflows(workflows: Sequence[Path]) -> tuple[Verdict, str]:
    """Return actionlint's verdict on the workflows."""
    try:
        found = actionlint.lint(workflows)
    except actionlint.Unavailable as missing:
        return could_not_run(str(missing))
    except actionlint.NotThePinnedPackage as changed:
        return Verdict.FAILED, str(changed)
    print(*found, sep="\n", end="\n" if found else "", flush=True)
    return (Verdict.FAILED, f"{len(found)} findings") if found else (Verdict.PASSED, "")


def could_not_run(reason: str) -> tuple[Verdict, str]:
    """Return that a check could not be run; with CI=true that fails, since nobody would look for it."""
    return (Verdict.FAILED if os.environ.get("CI") == "true" else Verdict.NOT_RUN), reason


def shellcheck(root: Path) -> tuple[Verdict, str]:
    """Return the verdict on the programs of bash, and on the shell in the workflows."""
    programs = shell_programs(root / "scripts", root / ".ci")
    with tempfile.TemporaryDirectory() as folder:
        blocks = write_blocks((root / ".github" / "workflows").glob("*.yml"), Path(folder))
        return _quiet(_beside("shellcheck"), *map(str, [*programs, *blocks]))


def slow_checks() -> list[Check]:
    """Return the checks that need a package index, or run the code."""
    return [
        Check("pip-audit", _pip_audit),
        Check("pytest", lambda: _streamed("-m", "pytest", "--cov", "--cov-report=term", *AT_ONCE)),
    ]


def python_executables(folder: Path) -> list[Path]:
    """Return the Python programs in `folder` that have no suffix, which tools do not find."""
    found = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.suffix]
    return [path for path in found if b"python" in path.read_bytes().split(b"\n", 1)[0]]


def timed(check: Check) -> Outcome:
    """Run `check` and say at once what came of it."""
    print(f"--- {check.name}", flush=True)
    start = time.monotonic()
    verdict, detail = check.run()
    outcome = Outcome(check.name, verdict, detail, time.monotonic() - start)
    if verdict is Verdict.NOT_RUN:
        print(f"{check.name}: NOT RUN ({detail})", flush=True)
    return outcome


def summary(outcomes: Iterable[Outcome]) -> str:
    """Return the outcomes as a table: check, verdict, seconds, detail."""
    rows = [f"{'check':<14} {'result':<8} {'seconds':>7}"]
    for outcome in outcomes:
        row = f"{outcome.name:<14} {outcome.verdict:<8} {outcome.seconds:7.1f}  {outcome.detail}"
        rows.append(row.rstrip())
    return "\n".join(rows)


def judge_audit(report: str, complaint: str) -> tuple[Verdict, str]:
    """Return the verdict on pip-audit's JSON `report`; `complaint` is what it wrote to stderr.

    Passed means that every package was looked up and none has a known vulnerability.
    """
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = complaint.strip().splitlines() or ["no report"]
        return Verdict.NOT_RUN, f"the package index did not answer: {lines[-1][:200]}"
    vulnerable = [
        f"{package['name']} {package['version']}: {', '.join(v['id'] for v in package['vulns'])}"
        for package in packages
        if package.get("vulns")
    ]
    if vulnerable:
        return Verdict.FAILED, "; ".join(vulnerable)
    unknown = sum("skip_reason" in package for package in packages)
    if unknown or not packages:
        return Verdict.NOT_RUN, f"{unknown} of {len(packages)} packages could not be looked up"
    return Verdict.PASSED, f"{len(packages)} packages"


def _tool(name: str, *command: str) -> Check:
    """Return a check that passes when `command` ends with 0; its output is shown when it does not."""
    return Check(name, lambda: _quiet(*_with_interpreter(command)))


def _beside(program: str) -> str:
    """Return the path of a program that was installed with this interpreter's packages."""
    return str(Path(sys.executable).with_name(program))


def _with_interpreter(command: Sequence[str]) -> list[str]:
    return [sys.executable, *command] if command[0] == "-m" else list(command)


def _quiet(*command: str) -> tuple[Verdict, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    output = f"{done.stdout}{done.stderr}".strip()
    if done.returncode:
        print(output, flush=True)
        return Verdict.FAILED, f"exit status {done.returncode}"
    return Verdict.PASSED, ""


def _streamed(*command: str) -> tuple[Verdict, str]:
    """Run and show the output as it comes; the detail is its last line (pytest's closing line)."""
    last = ""
    with subprocess.Popen(
        _with_interpreter(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip(" =\n") or last
    return (Verdict.FAILED if process.returncode else Verdict.PASSED), last


def _commits() -> tuple[Verdict, str]:
    inside = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    if inside.returncode:
        return could_not_run("not a git checkout")
    return _quiet(sys.executable, "scripts/check_commits")


def _pip_audit() -> tuple[Verdict, str]:
    command = "-m pip_audit --requirement requirements-dev.txt --disable-pip --require-hashes"
    try:
        done = subprocess.run(
            [sys.executable, *command.split(), "--format=json", "--progress-spinner=off"],
            capture_output=True,
            text=True,
            check=False,
            timeout=AUDIT_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return Verdict.NOT_RUN, f"no answer from the package index in {AUDIT_LIMIT_S} s"
    return judge_audit(done.stdout, done.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
