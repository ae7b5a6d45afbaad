"""`scripts/sbom` says what is in the image: all of it, and nothing else."""

import json
import subprocess
from typing import Any
from urllib.parse import unquote

import pytest
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator
from packaging.requirements import Requirement

from scripts.checks import ROOT
from tests.container.containers import image_under_test, run_once

pytestmark = pytest.mark.container
Json = dict[str, Any]


@pytest.fixture(scope="module")
def text() -> str:
    """What the script prints."""
    command = ["scripts/sbom", image_under_test()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def bill(text: str) -> Json:
    """The bill of materials."""
    parsed: Json = json.loads(text)
    return parsed


def names(bill: Json, kind: str) -> set[str]:
    """Return the package URLs of one kind, without what follows a question mark."""
    urls = [part["purl"].split("?")[0] for part in bill["components"]]
    return {url for url in urls if url.startswith(f"pkg:{kind}/")}


def test_it_is_valid_cyclonedx(text: str) -> None:
    validator = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6)
    assert validator.validate_str(text) is None


def test_it_names_every_runtime_requirement_at_its_pinned_version(bill: Json) -> None:
    (version,) = names(bill, "generic")
    of_the_image = {"sys_platform": "linux", "python_full_version": version.split("@")[1]}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    pins = [Requirement(line.split(" --hash")[0]) for line in lines if line[0].isalnum()]
    assert len(pins) > 20
    expected = {
        f"pkg:pypi/{pin.name}@{next(iter(pin.specifier)).version}"
        for pin in pins
        if pin.marker is None or pin.marker.evaluate(of_the_image)
    }
    found = {url.replace("_", "-") for url in names(bill, "pypi")}
    assert expected <= found
    # Python's own image has an installer for itself, out of the application's reach.
    assert {url.split("@")[0] for url in found - expected} <= {"pkg:pypi/pip"}


def test_it_names_the_interpreter_and_the_packages_of_the_system(bill: Json) -> None:
    python = run_once(
        image_under_test(), "python", "-c", "import platform as p; print(p.python_version())"
    )
    assert names(bill, "generic") == {f"pkg:generic/python@{python.stdout.strip()}"}
    installed = run_once(image_under_test(), "dpkg-query", "--show", "--showformat=${Package}\\n")
    found = {unquote(url.split("/")[2].split("@")[0]) for url in names(bill, "deb")}
    assert found == set(installed.stdout.split())
    assert "libc6" in found


def test_it_says_what_the_application_stands_on(bill: Json) -> None:
    application = bill["metadata"]["component"]
    assert application["name"] == "ovation"
    stands_on = {entry["ref"]: entry.get("dependsOn", []) for entry in bill["dependencies"]}
    assert any(ref.startswith("fastapi==") for ref in stands_on[application["bom-ref"]])
