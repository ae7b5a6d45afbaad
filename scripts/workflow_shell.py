"""The shell in the workflows, step by step, so that shellcheck reads it as it reads a program."""

import re
from collections.abc import Iterable
from pathlib import Path

from ruamel.yaml import YAML

# What GitHub fills in before a shell sees the text; a word stands for it.
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")


def run_blocks(workflow: Path) -> dict[str, str]:
    """Return what each `run:` of a workflow runs, by a name such as `deploy.yml-build-2`."""
    jobs = YAML(typ="safe").load(workflow)["jobs"]
    return {
        f"{workflow.name}-{job}-{number}": _EXPRESSION.sub("expression", step["run"])
        for job in jobs
        for number, step in enumerate(jobs[job].get("steps", ()), start=1)
        if "run" in step
    }


def write_blocks(workflows: Iterable[Path], folder: Path) -> list[Path]:
    """Write every block into `folder` as a program of bash, which is GitHub's shell on Linux."""
    written = []
    for workflow in workflows:
        for name, block in run_blocks(workflow).items():
            program = folder / f"{name}.sh"
            program.write_text(f"#!/usr/bin/env bash\nset -eo pipefail\n{block}\n", "utf-8")
            written.append(program)
    return written


def shell_programs(*folders: Path) -> list[Path]:
    """Return the programs of bash in these folders, which have no suffix."""
    found = [path for folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
    return [path for path in found if b"bash" in path.read_bytes().split(b"\n", 1)[0]]
