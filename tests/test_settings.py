"""Settings: a value that does not fit stops the start with one line; the README names each of them."""

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest
from pydantic.fields import FieldInfo

from shared.settings import BadSettings, Settings, get_settings
from tests.support.application import ROOT
from tests.support.server import UVICORN, server_environment
from tests.support.settings import changed_settings

SECRET = "c2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU="
GOOD = {"DATABASE_URL": "postgresql://ovation:hidden-password@127.0.0.1:1/ovation"}


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Run the server command with these settings, which must make it end by itself."""
    return subprocess.run(
        [sys.executable, *UVICORN, "--port", "0"],
        cwd=ROOT,
        env=server_environment(**{**GOOD, **variables}),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("LOG_LEVEL", "LOUD", "Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("DATABASE_POOL_SIZE", "0", "Input should be greater than 0"),
        ("TICK_INTERVAL_MS", "soon", "Input should be a valid integer"),
        ("TRUSTED_PROXY_HOPS", "6", "Input should be less than or equal to 5"),
        ("METRICS_ENABLED", "perhaps", "Input should be a valid boolean"),
        ("ENVIRONMENT", "production", "Input should be 'local', 'dev', 'staging' or 'prod'"),
        ("CORS_ALLOWED_ORIGINS", "example.org", "Each origin should look like https://example.org"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example/app", "without a path"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_line_that_names_the_variable(
    variable: str, value: str, complaint: str
) -> None:
    with pytest.raises(BadSettings) as refused, changed_settings(**{variable: value}):
        get_settings()
    line = str(refused.value)
    assert line.startswith(f"{variable} does not fit: ")
    assert complaint in line
    assert "\n" not in line


def test_several_bad_values_are_all_named() -> None:
    with pytest.raises(BadSettings) as refused:
        with changed_settings(log_level="LOUD", poll_after_ms="-1"):
            get_settings()
    assert "LOG_LEVEL does not fit" in str(refused.value)
    assert "POLL_AFTER_MS does not fit" in str(refused.value)


@pytest.mark.parametrize("variable", ["LOG_LEVEL", "DATABASE_STATEMENT_TIMEOUT_MS"])
def test_a_server_with_a_bad_setting_says_one_line_and_ends(variable: str) -> None:
    ended = start(**{variable: SECRET})
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{variable} does not fit: ")
    assert ended.stderr.count("\n") == 1
    assert SECRET not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("SIGNING_KEYS", SECRET, "SIGNING_KEYS is not a JSON object"),
        (
            "SIGNING_KEYS",
            json.dumps({"current": "a", "keys": {"a": SECRET[:20]}}),
            "SIGNING_KEYS: a key has fewer than 32 bytes",
        ),
        ("SIGNING_KEYS", "", "Set SIGNING_KEYS or SIGNING_KEYS_SECRET_ID"),
        (
            "DATABASE_URL",
            "mysql://ovation:hidden-password@127.0.0.1/ovation",
            "DATABASE_URL is not a postgresql:// address",
        ),
        ("DATABASE_URL", "", "Set DATABASE_URL or DATABASE_SECRET_ID"),
    ],
)
def test_a_server_with_a_bad_secret_says_one_line_without_its_value_and_ends(
    variable: str, value: str, line: str
) -> None:
    ended = start(**{variable: value})
    assert ended.returncode == 3
    errors = [json.loads(each) for each in ended.stdout.splitlines() if '"ERROR"' in each]
    assert [error["message"] for error in errors] == [line, "Application startup failed. Exiting."]
    assert "Traceback" not in ended.stdout + ended.stderr
    for secret in (SECRET[:20], "hidden-password"):
        assert secret not in ended.stdout + ended.stderr


def test_origins_are_split_at_commas_and_lose_a_slash_at_their_end() -> None:
    origins = " https://a.example/ ,http://localhost:5173,,"
    with changed_settings(cors_allowed_origins=origins):
        assert get_settings().cors_allowed_origins == ("https://a.example", "http://localhost:5173")


def test_the_readme_has_the_name_default_and_meaning_of_every_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    expected = "\n".join(table_of(Settings.model_fields))
    assert expected in readme, f"put this table into README.md:\n{expected}"


def table_of(fields: Mapping[str, FieldInfo]) -> list[str]:
    """Return the README's table."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, setting in fields.items():
        default = "" if setting.default in ("", ()) else f"`{setting.default}`"
        meaning = (setting.description or "").replace("|", "\\|")
        rows.append(f"| `{name.upper()}` | {default} | {meaning} |")
    return rows
