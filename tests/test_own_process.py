"""Tests that are marked `own_process` run here, each file in a process that ran nothing else."""

import os
import subprocess
import sys

import pytest

from scripts.local.options import ROOT


@pytest.mark.parametrize("file", ["tests/test_database_rotation.py"])
def test_what_needs_a_process_of_its_own_passes_there(file: str) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COV_"))
    }
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "own_process", file],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "5 passed" in ran.stdout
