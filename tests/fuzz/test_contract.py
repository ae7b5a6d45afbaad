"""Schemathesis makes requests up: each answer is one that the OpenAPI document says, and none is a 5xx.

Here a few hundred; `scripts/fuzz` makes more than ten thousand, of every phase that it has.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from shared.identity.policy import PERMISSIONS
from tests.support.api import Api
from tests.support.application import ROOT
from tests.support.calls import CALLS
from tests.support.log_lines import json_lines
from tests.support.server import running_server
from tests.support.stage import set_stage

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SHORT = ("--phases", "examples,fuzzing,stateful", "--max-examples", "4")
LONG = ("--max-examples", str(EXAMPLES))
LONG_CASES = 10_000
# Whoever makes requests up is one address, and fast.
SETTINGS = {
    "ADDRESS_JOINS_PER_S": "1000000",
    "ADDRESS_BAD_CREDENTIALS_PER_S": "1000000",
    "PARTICIPANT_WRITES_PER_S": "1000000",
    "EXPORTS_AT_ONCE": "100",
}


async def _write_stage(api: Api, path: Path) -> None:
    stage = await set_stage(api)
    roles = {
        operation: "participant" if "participant" in roles else "organizer"
        for operation, roles in PERMISSIONS.items()
    }
    known = {"ids": dict(stage.ids), "tokens": dict(stage.tokens), "roles": roles}
    path.write_text(json.dumps(known))


def _run_schemathesis(base_url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    config = str(Path(__file__).with_name("schemathesis.toml"))
    asked = ("--checks", "all", "--workers", "2", "--no-color", *(LONG if EXAMPLES else SHORT))
    program = (sys.executable, "-m", "schemathesis.cli", "--config-file", config)
    return subprocess.run(
        [*program, "run", f"{base_url}/v1/openapi.json", *asked],
        # It leaves files where it runs.
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "OVATION_STAGE": str(folder / "stage.json"),
            "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        },
        capture_output=True,
        text=True,
    )


async def test_every_answer_is_one_that_the_document_says(
    database_url: str, organizer_key: str, tmp_path: Path
) -> None:
    with running_server(tmp_path / "log", DATABASE_URL=database_url, **SETTINGS) as server:
        async with httpx.AsyncClient(base_url=server.base_url, timeout=30) as client:
            await _write_stage(Api(client, organizer_key), tmp_path / "stage.json")
        done = _run_schemathesis(server.base_url, tmp_path)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) generated, \1 passed", done.stdout)
    assert found is not None
    assert int(found[1]) >= (LONG_CASES if EXAMPLES else 200)
    lines = [line for line in json_lines(server.text()) if line.get("message") == "request"]
    assert not [line for line in lines if line["status"] >= 500]
    # Most operations were not only refused.
    succeeded = {line["operation"] for line in lines if line["status"] < 300} & set(CALLS)
    assert len(succeeded) > 0.6 * len(CALLS), sorted(set(CALLS) - succeeded)
