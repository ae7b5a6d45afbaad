"""`.ci/run` on a machine of programs that only pretend: what cannot be run has failed, and the rest runs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.checks import ROOT

TOOLS = "bash cat dirname env grep mktemp printf read rm tail tee".split()
VERDICTS = ("passed", "FAILED", "NOT RUN")
STEPS = [
    "commit messages",
    "scripts/test, 3.11",
    "scripts/test tests -n auto --dist loadfile, 3.13",
    "browser",
    "terraform",
    "container",
]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine that has everything, with a project whose every part passes."""
    for folder in ("project/.ci", "project/scripts", "shared/tools", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", tmp_path / "project" / ".ci" / "run")
    for tool in TOOLS:
        if found := shutil.which(tool):
            (tmp_path / "bin" / tool).symlink_to(found)
    for program in ("node", "npm", "chromium"):
        put_program(tmp_path / "bin" / program)
    for version in ("3.11", "3.13"):
        put_program(tmp_path / "bin" / f"python{version}", python_that_is(version))
    put_program(tmp_path / "bin" / "python3", "exit 0")
    for part in ("project/scripts/test", "project/.ci/compose"):
        put_program(tmp_path / part, "echo '=== 7 passed in 1.00s ==='")
    for part in ("check_terraform", "check_container"):
        put_program(tmp_path / "shared" / "tools" / part)
    return tmp_path


def put_program(path: Path, *lines: str) -> None:
    """Write a program of bash."""
    path.unlink(missing_ok=True)
    path.write_text("\n".join(["#!/usr/bin/env bash", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)


def python_that_is(version: str) -> str:
    """Return a program that answers what `.ci/run` asks an interpreter."""
    return f'case $2 in *version_info*) echo {version} ;; *) echo "$0" ;; esac'


def run(machine: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `.ci/run` there, without what this machine has."""
    environment = {
        "PATH": str(machine / "bin"),
        "PYENV_ROOT": str(machine / "pyenv"),
        "TMPDIR": str(machine),
        "HOME": str(machine),
        **variables,
    }
    command = [str(machine / "bin" / "bash"), str(machine / "project" / ".ci" / "run")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def results(said: str) -> dict[str, str]:
    """Return what the summary says of each step."""
    lines = said.split("=== summary\n")[1].splitlines()
    return {
        step: next(word for word in VERDICTS if line.removeprefix(step).strip().startswith(word))
        for step in STEPS
        for line in lines
        if line.startswith(f"{step} ")
    }


def test_a_machine_with_everything_passes_every_step(machine: Path) -> None:
    ran = run(machine)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert results(ran.stdout) == dict.fromkeys(STEPS, "passed")


@pytest.mark.parametrize(
    ("missing", "step"),
    [
        ("bin/python3.11", "scripts/test, 3.11"),
        ("bin/python3.13", "scripts/test tests -n auto --dist loadfile, 3.13"),
        ("bin/chromium", "browser"),
        ("shared/tools/check_terraform", "terraform"),
        ("shared/tools/check_container", "container"),
    ],
)
def test_a_part_that_cannot_run_fails_the_whole_and_the_rest_is_run(
    machine: Path, missing: str, step: str
) -> None:
    (machine / missing).unlink()
    ran = run(machine)
    assert ran.returncode == 1
    others = [each for each in STEPS if each != step]
    assert results(ran.stdout) == {**dict.fromkeys(others, "passed"), step: "NOT RUN"}
    # Who looks at what their own machine can do says so.
    assert run(machine, CI="false").returncode == 0


@pytest.mark.parametrize(
    ("part", "step"),
    [
        ("bin/python3", "commit messages"),
        ("project/scripts/test", "browser"),
        ("shared/tools/check_terraform", "terraform"),
        ("shared/tools/check_container", "container"),
    ],
)
def test_a_part_that_fails_fails_the_whole_and_the_rest_is_run(
    machine: Path, part: str, step: str
) -> None:
    put_program(machine / part, "echo '=== 1 failed, 6 passed in 1.00s ==='; exit 1")
    ran = run(machine, CI="false")
    assert ran.returncode == 1
    found = results(ran.stdout)
    assert found[step] == "FAILED"
    assert list(found) == STEPS


def test_what_the_checks_could_not_run_is_in_the_summary(machine: Path) -> None:
    put_program(machine / "project/scripts/test", "echo 'pip-audit: NOT RUN (no answer)'")
    said = run(machine).stdout.split("=== summary\n")[1]
    assert "pip-audit: NOT RUN (no answer)" in said


def test_every_part_is_told_that_nobody_would_look_for_what_it_skips(machine: Path) -> None:
    put_program(machine / "project/scripts/test", 'echo "CI is $CI"')
    assert "CI is true" in run(machine).stdout


def test_node_is_installed_where_it_is_missing(machine: Path) -> None:
    (machine / "bin" / "node").unlink()
    put_program(machine / "bin" / "apt-get", f'echo "$@" >> {machine}/installed')
    run(machine)
    assert "install --yes nodejs npm" in (machine / "installed").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
