"""What may be asked for, and the one line that says why not."""

import json
import re
from pathlib import Path

import pytest

from scripts.rehearsal.main import main
from scripts.rehearsal.options import KEY_VARIABLE, parse_options
from scripts.rehearsal.origin import parse_target
from tests.support.application import ROOT

LOCAL = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([LOCAL, "--attendees", "0"], "argument --attendees: 0 is not between 1 and 10,000"),
        ([LOCAL, "--attendees", "10001"], "argument --attendees: 10001 is not between"),
        ([LOCAL, "--attendees", "many"], "argument --attendees: 'many' is no whole number"),
        ([LOCAL, "--minutes", "0"], "argument --minutes: 0 is not between 0.1 and 60"),
        ([LOCAL, "--minutes", "nan"], "argument --minutes: nan is not between 0.1 and 60"),
        ([LOCAL, "--minutes", "a"], "argument --minutes: 'a' is no number"),
        ([LOCAL, "--max-errors", "101"], "argument --max-errors: 101 is not between 0 and 100"),
        ([], "say which deployment: its URL, or the --ready-file of scripts/run"),
        (["127.0.0.1:8000"], "'127.0.0.1:8000' is no http:// or https:// address"),
        ([f"{LOCAL}/?code=1"], "is more than the address of a deployment"),
        (["http://127.0.0.1:99999"], "has a port that is none"),
        ([LOCAL, "--key", "ovm_x"], "that is no organizer key: those start with ovk_"),
        ([LOCAL, "--html", "/no/such/report.html"], "/no/such is no directory to write into"),
        ([LOCAL, "--ready-file", "/no/such"], "cannot read /no/such: No such file or directory"),
        ([LOCAL, "--ready-file", __file__], "is no ready file of scripts/run"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(
    arguments: list[str],
    reason: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "ovk_x")
    with pytest.raises(SystemExit) as stopped:
        parse_options(arguments)
    assert stopped.value.code == 2
    assert reason in capsys.readouterr().err.splitlines()[-1]


def test_without_a_key_it_says_how_to_give_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(SystemExit):
        parse_options([LOCAL])
    assert "--key, OVATION_ORGANIZER_KEY or --ready-file" in capsys.readouterr().err


def test_a_ready_file_says_where_and_whose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"base_url": LOCAL, "organizer_key": "ovk_ready", "pid": 1}))
    options = parse_options(["--ready-file", str(ready)])
    assert (options.target.url, options.key) == (LOCAL, "ovk_ready")
    options = parse_options(["--ready-file", str(ready), "--key", "ovk_other", "http://localhost"])
    assert (options.target.url, options.key) == ("http://localhost", "ovk_other")


@pytest.mark.parametrize(
    ("url", "is_loopback", "authority", "prefix"),
    [
        ("http://127.0.0.1:8000/", True, "127.0.0.1:8000", ""),
        ("http://localhost", True, "localhost", ""),
        ("http://[::1]:80", True, "[::1]", ""),
        ("https://ovation.example.org", False, "ovation.example.org", ""),
        ("https://example.org:8443/live/", False, "example.org:8443", "/live"),
        ("http://127.0.0.1.example.org", False, "127.0.0.1.example.org", ""),
    ],
)
def test_an_address_is_taken_apart(
    url: str, is_loopback: bool, authority: str, prefix: str
) -> None:
    target = parse_target(url)
    assert (target.is_loopback, target.authority, target.prefix) == (is_loopback, authority, prefix)


def test_another_machine_is_not_loaded_without_a_yes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["https://ovation.example.org", "--key", "ovk_x", "--attendees", "2000"]) == 2
    error = capsys.readouterr().err
    assert "2,000 attendees for 2 min against https://ovation.example.org" in error
    assert "say --yes" in error


@pytest.mark.parametrize("answer", ["", "n", "no", "nope"])
def test_whoever_does_not_say_yes_means_no(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    assert main(["https://ovation.example.org", "--key", "ovk_x"]) == 2


def test_the_page_about_it_has_every_option_with_its_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = (ROOT / "docs" / "rehearsal.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        parse_options(["--help"])
    offered = re.findall(r"^  (--[a-z-]+(?: [A-Z]+)?)", capsys.readouterr().out, re.MULTILINE)
    documented = re.findall(r"^\| `(--[^`]+)` \|", page, re.MULTILINE)
    assert documented == offered
    for option, default in (("attendees N", "100"), ("minutes M", "2"), ("max-staleness S", "5")):
        assert f"| `--{option}` | {default} |" in page
