"""`scripts/deploy`: in which order an image is put to work, what a failure leaves, and the whole way back."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.burst_endpoints import burst_endpoints
from tests.support import pretended_aws
from tests.support.application import ROOT

NAME, OLD, NEW = "ovation-test", "registry/ovation@sha256:old", "registry/ovation@sha256:new"
FUNCTIONS = sorted(
    [entry["operation"] for entry in burst_endpoints()]
    + ["erase_expired", "rotate_signing_keys", "shift_burst"]
)
# A machine that checks changes has jq: there, the tests fail without it.
pytestmark = pytest.mark.skipif(
    shutil.which("jq") is None and os.environ.get("CI") != "true", reason="scripts/deploy takes jq"
)


@dataclass(frozen=True)
class Aws:
    """An environment where the old image serves; `breaks` is what fails in it."""

    folder: Path

    @property
    def state(self) -> dict[str, Any]:
        """Return what AWS holds now."""
        found: dict[str, Any] = json.loads((self.folder / "aws.json").read_text())
        return found

    def breaks(self, what: str) -> None:
        """Let something fail from now on."""
        (self.folder / "aws.json").write_text(json.dumps({**self.state, "breaks": what}))

    def deploy(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `scripts/deploy` there."""
        environment = {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "PRETENDED_AWS": str(self.folder / "aws.json"),
            "NAME": NAME,
            "SUBNETS": "subnet-a,subnet-b",
            "SECURITY_GROUP": "sg-a",
            "WEB_BUCKET": "web",
            "DISTRIBUTION_ID": "E1",
            "GITHUB_OUTPUT": str(self.folder / "output"),
        }
        command = [str(ROOT / "scripts" / "deploy"), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    def before(self) -> tuple[str, str]:
        """Return the revision and the versions that a deployment told GitHub of."""
        lines = (self.folder / "output").read_text().splitlines()
        told = dict(line.split("=", 1) for line in lines)
        return told["revision"], told["versions"]


@pytest.fixture
def aws(tmp_path: Path) -> Aws:
    """An environment where the old image serves."""
    functions = {
        f"{NAME}-{each}": {"alias": "1", "latest": OLD, "versions": {"1": OLD}}
        for each in FUNCTIONS
    }
    images = {NAME: OLD, f"{NAME}-migrate": OLD}
    state = {"serving": f"{NAME}:{OLD}", "images": images, "functions": functions}
    (tmp_path / "aws.json").write_text(json.dumps({**state, "calls": [], "breaks": ""}))
    program = f'#!/bin/sh\nexec {sys.executable} {pretended_aws.__file__} "$@"\n'
    (tmp_path / "aws").write_text(program)
    (tmp_path / "aws").chmod(0o755)
    return Aws(tmp_path)


def position(calls: list[str], beginning: str) -> int:
    """Return where the first call that begins so stands."""
    return next(place for place, call in enumerate(calls) if call.startswith(beginning))


def test_the_tables_come_first_then_servers_then_functions_and_the_page_when_asked(
    aws: Aws,
) -> None:
    done = aws.deploy(NEW)
    assert done.returncode == 0, done.stderr
    state, calls = aws.state, aws.state["calls"]
    assert state["serving"] == f"{NAME}:{NEW}"
    assert state["images"] == {NAME: NEW, f"{NAME}-migrate": NEW}
    for each in FUNCTIONS:
        known = state["functions"][f"{NAME}-{each}"]
        assert known == {"alias": "2", "latest": NEW, "versions": {"1": OLD, "2": NEW}}, each
    steps = [
        "ecs run-task",
        "ecs describe-tasks",
        "ecs update-service",
        "lambda update-function-code",
    ]
    assert [position(calls, each) for each in steps] == sorted(position(calls, e) for e in steps)
    assert not [call for call in calls if call.startswith("s3")]
    assert aws.deploy("--page").returncode == 0
    assert [call for call in aws.state["calls"] if call.startswith("s3")] == ["s3 sync", "s3 cp"]


def test_a_migration_that_fails_leaves_the_old_image_serving(aws: Aws) -> None:
    aws.breaks("migration")
    done = aws.deploy(NEW)
    assert done.returncode == 1
    assert "the migration ended with 1" in done.stderr
    assert aws.state["serving"] == f"{NAME}:{OLD}"
    assert {known["latest"] for known in aws.state["functions"].values()} == {OLD}


def test_servers_that_the_circuit_breaker_took_back_fail_the_deployment(aws: Aws) -> None:
    aws.breaks("servers")
    done = aws.deploy(NEW)
    assert done.returncode == 1
    assert "the old ones serve" in done.stderr
    assert {known["alias"] for known in aws.state["functions"].values()} == {"1"}


def test_the_way_back_is_told_before_anything_changes_and_leads_all_the_way(aws: Aws) -> None:
    aws.breaks(f"{NAME}-send_reaction")
    assert aws.deploy(NEW).returncode != 0
    assert {known["alias"] for known in aws.state["functions"].values()} == {"1", "2"}
    aws.breaks("")
    done = aws.deploy("--back", *aws.before())
    assert done.returncode == 0, done.stderr
    assert aws.state["serving"] == f"{NAME}:{OLD}"
    assert {known["alias"] for known in aws.state["functions"].values()} == {"1"}
    # Secrets Manager calls its function without the alias: what is newest goes back too.
    assert {known["latest"] for known in aws.state["functions"].values()} == {OLD}


def test_what_does_not_go_back_stops_nothing_else_from_going_back(aws: Aws) -> None:
    assert aws.deploy(NEW).returncode == 0
    aws.breaks("servers")
    assert aws.deploy("--back", *aws.before()).returncode == 1
    assert {known["alias"] for known in aws.state["functions"].values()} == {"1"}
    aws.breaks(f"{NAME}-cast_vote")
    assert aws.deploy("--back", *aws.before()).returncode == 1
    assert aws.state["serving"] == f"{NAME}:{OLD}"
    assert {known["alias"] for known in aws.state["functions"].values()} == {"1"}
