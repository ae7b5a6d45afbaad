"""What Terraform deploys is the application as it is: its endpoints, settings, commands and headers."""

import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from scripts import burst_endpoints
from scripts.local.server import APPLICATION, PROTOCOL
from shared.burst.settings import BurstSettings
from shared.http.cross_origin import CrossOrigin
from shared.http.page_assets import CONTENT_SECURITY_POLICY
from shared.settings import Settings
from tests.support.application import ROOT
from tests.support.terraform import TERRAFORM, TLS, joined, server_command, text_of

ENVIRONMENTS = TERRAFORM / "environments"
MODULES = sorted(path.name for path in (TERRAFORM / "modules").iterdir())
FILES = sorted(TERRAFORM.rglob("*.tf"))
# Of the image's server and of Python, not of the application.
OF_THE_SERVER = {"UVICORN_PORT", "WEB_CONCURRENCY", *TLS}


def test_the_exported_burst_endpoints_are_those_of_the_code() -> None:
    stale = "run scripts/export_endpoints"
    assert burst_endpoints.FILE.read_text(encoding="utf-8") == burst_endpoints.as_text(), stale


def test_every_function_of_terraform_has_a_handler_in_the_code() -> None:
    named = set(re.findall(r'"(handlers\.[a-z_.]+)\.handler"', "".join(map(Path.read_text, FILES))))
    named |= {entry["handler"].removesuffix(".handler") for entry in exported()}
    assert len(named) > len(exported())
    for module in named:
        assert callable(import_module(module).handler), module


def test_every_variable_that_terraform_sets_is_a_setting() -> None:
    known = {name.upper() for name in (*Settings.model_fields, *BurstSettings.model_fields)}
    blocks = ["environments/prod/main.tf", "modules/service/main.tf"]
    blocks += ["modules/burst/main.tf", "modules/burst/shift.tf", "modules/secrets/main.tf"]
    found = {
        name
        for block in blocks
        for name in re.findall(r"^\s+([A-Z][A-Z_0-9]+)\s+=", text_of(block), re.MULTILINE)
    }
    assert {"DATABASE_SECRET_ID", "TRUSTED_PROXY_HOPS", "BURST_RULE_ARNS"} <= found
    assert found <= known | OF_THE_SERVER


def test_the_servers_run_the_images_own_command() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    command = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[-1]
    assert server_command().endswith(f" && exec {' '.join(json.loads(command))}")
    # What this machine's servers run, too.
    assert f"{APPLICATION} --loop uvloop --http {PROTOCOL} " in server_command()
    for name, path in TLS.items():
        assert re.search(rf'{name}\s+= "{path}"', text_of("modules/service/main.tf"))


def test_servers_keep_idle_connections_longer_than_the_load_balancer() -> None:
    (keep_alive,) = re.findall(r"--timeout-keep-alive (\d+)", text_of("modules/service/main.tf"))
    (idle,) = re.findall(r"balancer_idle_timeout_s\s+= (\d+)", text_of("environments/prod/main.tf"))
    assert int(keep_alive) > int(idle)


def test_the_pages_policy_at_the_edge_is_the_applications() -> None:
    policy = joined("modules/edge/policies.tf", "content_security_policy", "; ")
    assert policy == CONTENT_SECURITY_POLICY


def test_the_edge_tells_pages_of_other_origins_what_the_application_tells_them() -> None:
    application = CrossOrigin(_nothing, ["https://page.example"])
    (policy,) = re.findall(
        r"\n  cors_config \{(.*?)\n  \}", text_of("modules/edge/policies.tf"), re.DOTALL
    )
    told = {
        name: json.loads(items)
        for name, items in re.findall(r"access_control_(\w+) \{\s+items = (\[.*\])", policy)
    }
    (max_age_s,) = re.findall(r"max_age_sec\s+= (\d+)", policy)
    preflight, answer = application.preflight_headers, application.simple_headers
    assert told["allow_methods"] == application.allow_methods
    assert {name.lower() for name in told["allow_headers"]} <= set(application.allow_headers)
    assert ", ".join(told["expose_headers"]) == answer["Access-Control-Expose-Headers"]
    assert max_age_s == preflight["Access-Control-Max-Age"]


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve nothing."""


def test_environments_differ_by_their_values_only() -> None:
    names = {path.name for path in (ENVIRONMENTS / "prod").iterdir() if path.is_file()}
    values = {"terraform.tfvars", "backend.hcl"}
    assert {"main.tf", "variables.tf", "versions.tf"} <= names
    for environment in ("dev", "staging"):
        folder = ENVIRONMENTS / environment
        present = [path for path in folder.rglob("*") if not path.is_dir()]
        for path in present:
            same = ENVIRONMENTS / "prod" / path.relative_to(folder)
            assert path.name in values or path.resolve() == same, path
        assert names <= {path.name for path in present}
        assert assigned(folder) == assigned(ENVIRONMENTS / "prod")


def assigned(environment: Path) -> list[str]:
    """Return the variables that an environment gives a value, in order."""
    return re.findall(r"^(\w+)\s+=", (environment / "terraform.tfvars").read_text(), re.MULTILINE)


@pytest.mark.parametrize("module", [*MODULES, "environments/prod"])
def test_every_variable_is_typed_described_and_validated_and_every_output_described(
    module: str,
) -> None:
    folder = TERRAFORM / (module if "/" in module else f"modules/{module}")
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))
    variables, outputs = blocks_of("variable", text), blocks_of("output", text)
    assert variables
    for name, block in variables.items():
        (kind,) = re.findall(r"^  type\s+= (.+)", block, re.MULTILINE)
        assert "any" not in kind, name
        # A bool is true or false; there is nothing more to ask of it.
        assert "validation {" in block or kind == "bool", name
    for name, block in (*variables.items(), *outputs.items()):
        assert re.search(r'^  description = ".+"', block, re.MULTILINE), name


def blocks_of(kind: str, text: str) -> dict[str, str]:
    """Return the variables or outputs in a text by name."""
    found = re.findall(rf'^{kind} "(\w+)" \{{\n(.*?)^\}}', text, re.MULTILINE | re.DOTALL)
    assert len(found) == text.count(f'{kind} "'), f"a {kind} is written otherwise"
    return dict(found)


def test_versions_are_pinned_and_alike_everywhere() -> None:
    files = [path for path in TERRAFORM.rglob("versions.tf") if not path.is_symlink()]
    assert {path.parent.name for path in files} == {*MODULES, "prod"}
    pins = {tuple(re.findall(r'version\s+= "(.+)"', path.read_text())) for path in files}
    (pin,) = pins
    terraform, provider = pin
    assert terraform.startswith("~> 1.") and re.fullmatch(r"\d+\.\d+\.\d+", provider)


def test_two_people_never_apply_at_the_same_time_and_the_state_is_encrypted() -> None:
    backend = text_of("environments/prod/versions.tf").split('backend "s3" {')[1].split("}")[0]
    assert re.findall(r"(\w+)\s+= true", backend) == ["encrypt", "use_lockfile"]
    places = [path.read_text() for path in sorted(ENVIRONMENTS.glob("*/backend.hcl"))]
    assert len(set(places)) == 3, "two environments share a state"


def test_every_log_group_expires() -> None:
    for path in FILES:
        for block in re.findall(
            r'^resource "aws_cloudwatch_log_group" .*?^\}',
            path.read_text(),
            re.MULTILINE | re.DOTALL,
        ):
            assert "retention_in_days = var.log_retention_days" in block, path


def test_a_suppressed_finding_says_why() -> None:
    suppressed = [
        line for path in FILES for line in path.read_text().splitlines() if "checkov:skip" in line
    ]
    assert suppressed
    for line in suppressed:
        assert re.search(r"# checkov:skip=CKV2?_AWS_\d+: \S.{15,}\.$", line), line


def exported() -> list[dict[str, str]]:
    """Return what the exported file says."""
    found: list[dict[str, str]] = json.loads(burst_endpoints.FILE.read_text(encoding="utf-8"))
    return found
