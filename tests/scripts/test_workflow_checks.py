"""The checks of the pipelines find what they are there for."""

import shutil
from pathlib import Path

import pytest

from scripts.checks import ROOT, Check, Verdict, shellcheck, workflow_checks
from scripts.workflow_shell import run_blocks

WORKFLOW = """\
name: example
on:
  push:
    branches: [main]
permissions: {}
concurrency: {group: example, cancel-in-progress: false}
jobs:
  greet:
    name: greet
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - run: echo hello
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one workflow that is as it should be."""
    for folder in (".github/workflows", ".ci", "scripts"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    put(tmp_path, WORKFLOW)
    return tmp_path


def put(project: Path, workflow: str) -> None:
    """Write the project's workflow."""
    (project / ".github" / "workflows" / "example.yml").write_text(workflow, encoding="utf-8")


def checks_of(project: Path) -> dict[str, Check]:
    """Return the checks by name."""
    checks = [*workflow_checks(project), Check("shellcheck", lambda: shellcheck(project))]
    return {check.name: check for check in checks}


def verdict(project: Path, name: str) -> Verdict:
    """Return what one check says of a project."""
    return checks_of(project)[name].run()[0]


def test_a_workflow_that_is_right_passes_every_check(project: Path) -> None:
    names = ["zizmor", "workflows", "compose", "shellcheck"]
    assert list(checks_of(project)) == names
    assert {verdict(project, name) for name in names} == {Verdict.PASSED}


def test_a_misspelt_key_of_a_workflow_is_found(project: Path) -> None:
    put(project, WORKFLOW.replace("timeout-minutes", "timeout-minute"))
    assert verdict(project, "workflows") is Verdict.FAILED


def test_a_strangers_text_in_a_shell_is_found(project: Path) -> None:
    title = "${{ github.event.pull_request.title }}"
    put(project, WORKFLOW.replace("echo hello", f"echo '{title}'"))
    assert verdict(project, "zizmor") is Verdict.FAILED


def test_an_action_that_can_be_moved_is_found(project: Path) -> None:
    put(project, WORKFLOW + "      - uses: actions/setup-python@v6\n")
    assert verdict(project, "zizmor") is Verdict.FAILED


def test_a_fault_in_a_workflows_shell_is_found(project: Path) -> None:
    put(project, WORKFLOW.replace("echo hello", "rm -r $FOLDER/old"))
    assert verdict(project, "shellcheck") is Verdict.FAILED


def test_a_fault_in_a_program_of_bash_is_found(project: Path) -> None:
    (project / "scripts" / "tidy").write_text("#!/usr/bin/env bash\ncd $1\n", encoding="utf-8")
    assert verdict(project, "shellcheck") is Verdict.FAILED


def test_a_misspelt_key_of_compose_is_found(project: Path) -> None:
    text = (project / "compose.yaml").read_text(encoding="utf-8")
    (project / "compose.yaml").write_text(text.replace("mem_limit", "memory_limit"), "utf-8")
    assert verdict(project, "compose") is Verdict.FAILED


def test_what_github_fills_in_is_one_word_of_the_shell(tmp_path: Path) -> None:
    workflow = tmp_path / "example.yml"
    step = "          echo ${{ github.sha }} done"
    workflow.write_text(WORKFLOW.replace("run: echo hello", f"run: |\n{step}"), encoding="utf-8")
    assert run_blocks(workflow) == {"example.yml-greet-1": "echo expression done\n"}
