"""What is in an image, as CycloneDX: its Python packages, its interpreter, its Debian packages.

The Python packages are cyclonedx-py's work, which reads licences and who needs whom. It looks at one
environment and no more, so the rest of the image is added here.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator

ROOT = Path(__file__).resolve().parent.parent
# The environment's packages, and those that the base image brings for an interpreter of its own.
_WHERE = """
import platform, sys
from pathlib import Path
roots = {Path(root) for root in (sys.prefix, sys.base_prefix, "/usr", "/usr/local")}
print(platform.python_version(), *sorted(
    str(path) for root in roots for path in root.glob("lib/python3*/*-packages")))
"""


def main(arguments: Sequence[str]) -> int:
    """Print the bill of the image that `arguments` name and return the exit status."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: scripts/sbom IMAGE > sbom.cdx.json", file=sys.stderr)
        return 2
    try:
        text = bill_of_image(arguments[0])
    except subprocess.CalledProcessError as failure:
        print(f"scripts/sbom: {' '.join(failure.cmd)}\n{failure.stderr}", file=sys.stderr)
        return 1
    invalid = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6).validate_str(text)
    if invalid is not None:
        print(f"scripts/sbom: this is no CycloneDX: {invalid}", file=sys.stderr)
        return 1
    print(text)
    return 0


def bill_of_image(image: str) -> str:
    """Return an image's bill of materials, CycloneDX 1.6 as JSON."""
    with tempfile.TemporaryDirectory() as scratch, _created(image) as container:
        where = _docker("run", "--rm", "--network=none", image, "python", "-c", _WHERE)
        version, *folders = where.split()
        copies = [Path(scratch, f"packages-{number}") for number, _ in enumerate(folders)]
        for folder, copy in zip(folders, copies, strict=True):
            _docker("cp", f"{container}:{folder}", str(copy))
        bill = _python_packages(copies)
        for path, name in (("/var/lib/dpkg/status", "status"), ("/usr/lib/os-release", "release")):
            _docker("cp", f"{container}:{path}", str(Path(scratch, name)))
        status = Path(scratch, "status").read_text("utf-8")
        release = Path(scratch, "release").read_text("utf-8")
    bill["components"] += [interpreter(version), *debian_packages(status, release)]
    return json.dumps(bill, indent=2)


def interpreter(version: str) -> dict[str, str]:
    """Return the component that is CPython itself, by the name under which its faults are listed."""
    return {
        "type": "platform",
        "bom-ref": "python",
        "name": "python",
        "version": version,
        "cpe": f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*",
        "purl": f"pkg:generic/python@{version}",
    }


def debian_packages(status: str, release: str) -> list[dict[str, str]]:
    """Return the components that dpkg's `status` calls installed, of the system in os-release."""
    distribution = "-".join(_field(release, f"{name}=") for name in ("ID", "VERSION_ID"))
    found = []
    for paragraph in status.split("\n\n"):
        if "\nStatus: install ok installed" not in paragraph:
            continue
        name, version, architecture = (
            _field(paragraph, f"{field}: ") for field in ("Package", "Version", "Architecture")
        )
        purl = f"pkg:deb/debian/{quote(name)}@{quote(version)}"
        purl += f"?arch={architecture}&distro={distribution}"
        found.append(
            {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        )
    return found


def _field(text: str, before: str) -> str:
    found = re.search(rf'^{re.escape(before)}"?([^"\n]+)', text, re.MULTILINE)
    assert found is not None, f"no {before!r}"
    return found.group(1)


def _python_packages(folders: Sequence[Path]) -> dict[str, Any]:
    """Return the bill of the packages in these folders and of the application on top of them."""
    # cyclonedx-py asks an interpreter where its packages are. The image's own cannot run out here.
    program = folders[0].with_name("python")
    program.write_text(
        f"#!/bin/sh\necho '{json.dumps([str(path) for path in folders])}'\n", "utf-8"
    )
    program.chmod(0o700)
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--no-validate"]
    command += ["--sv", "1.6", "--pyproject", str(ROOT / "pyproject.toml"), str(program)]
    bill: dict[str, Any] = json.loads(_output(command))
    return bill


@contextmanager
def _created(image: str) -> Iterator[str]:
    """Yield a container of the image that is never started, to copy from."""
    container = _docker("create", image).strip()
    try:
        yield container
    finally:
        _docker("rm", "--volumes", container)


def _docker(*arguments: str) -> str:
    return _output(["docker", *arguments])


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
