"""`scripts/create_api_key` makes the first key, and says in one line why it cannot."""

import subprocess
import sys
from pathlib import Path

import httpx

from tests.scripts.running import ROOT, clean_environment


def create(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "create_api_key"), *arguments],
        cwd="/",
        env={**clean_environment(), **env},
        capture_output=True,
        text=True,
    )


async def test_a_printed_key_is_accepted_and_only_that(
    client: httpx.AsyncClient, database_url: str
) -> None:
    made = create("--organizer", "ACME", "--name", "laptop", DATABASE_URL=database_url)
    assert (made.returncode, made.stderr) == (0, "")
    key = made.stdout.strip()
    assert key.startswith("ovk_")
    for given, status in ((key, 200), (f"{key}x", 401)):
        answer = await client.get("/v1/api-keys", headers={"Authorization": f"Bearer {given}"})
        assert answer.status_code == status
    await client.get("/v1/api-keys", headers={"Authorization": f"Bearer {key}"})


def test_without_a_database_the_reason_is_one_line(tmp_path: Path) -> None:
    for arguments, env, reason in (
        ((), {}, "set DATABASE_URL"),
        (("--data-dir", str(tmp_path)), {}, "no deployment"),
        ((), {"DATABASE_URL": "postgresql://x:hidden@127.0.0.1:1/x"}, "refused"),
    ):
        made = create("--organizer", "ACME", *arguments, **env)
        assert (made.returncode, made.stdout) == (1, "")
        assert reason in made.stderr
        assert len(made.stderr.strip().splitlines()) == 1
        assert "hidden" not in made.stderr
