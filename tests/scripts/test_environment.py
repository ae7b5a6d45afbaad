"""The Python environment is made once, by one process, and repaired when it is half made."""

import ast
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import environment
from tests.scripts.running import ROOT, clean_environment

THIS = sys.version_info[:2]
# pip takes an empty list of requirements without asking anybody.
NOTHING = "# nothing\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another checkout, which needs no packages."""
    root = tmp_path / "checkout"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "environment.py", root / "scripts")
    for name in environment.REQUIREMENTS.values():
        (root / name).write_text(NOTHING)
    monkeypatch.setattr(environment, "ROOT", str(root))
    monkeypatch.delenv("PYTHON", raising=False)
    return root


def made(directory: Path, version: tuple[int, ...] = THIS, **stamp: str) -> Path:
    """Fake an environment of this version, with pip and with this stamp."""
    (directory / "bin").mkdir(parents=True)
    (directory / "bin" / "python").symlink_to(sys.executable)
    (directory / "lib" / "python" / "site-packages" / "pip").mkdir(parents=True)
    (directory / "pyvenv.cfg").write_text(f"version = {version[0]}.{version[1]}.0\n")
    if stamp:
        environment.write_stamp(str(directory), stamp)
    return directory


def forbid(*_: object, **__: object) -> None:
    raise AssertionError("nothing was to be started")


@pytest.mark.parametrize("name", ["environment.py", "run", "create_api_key"])
def test_what_an_old_python_reads_first_is_valid_in_it(name: str) -> None:
    source = (ROOT / "scripts" / name).read_text()
    tree = ast.parse(source, feature_version=(3, 7))
    newer = (ast.JoinedStr, ast.NamedExpr)  # f-strings, :=
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
    assert "from __future__" not in source


def test_an_environment_is_made_by_one_of_two_processes_and_then_used_without_any_work(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, str(checkout / "scripts" / "environment.py"), "local"]
    both = [
        subprocess.Popen(
            command,
            cwd="/",
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in both]
    python = str(checkout / ".venv" / "bin" / "python")
    assert [output.strip() for output, _ in said] == [python, python]
    assert "".join(errors for _, errors in said).count("Installing") == 1
    prefix = subprocess.check_output([python, "-c", "import sys; print(sys.prefix)"], text=True)
    assert prefix.strip() == str(checkout / ".venv")

    monkeypatch.setattr(subprocess, "run", forbid)
    monkeypatch.setattr(subprocess, "Popen", forbid)
    assert environment.ensure("local") == python


@pytest.mark.parametrize(
    "state", ["empty", "file", "no interpreter", "no pip", "install cut short"]
)
def test_a_half_made_environment_is_made_anew(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    directory = checkout / ".venv"
    if state == "file":
        directory.write_text("")
    elif state == "empty":
        directory.mkdir()
    else:
        made(directory, local=environment.wanted_hash("local"))
        leftover = directory / "lib" / "python" / "site-packages"
        if state == "no interpreter":
            (directory / "bin" / "python").unlink()
        elif state == "no pip":
            (leftover / "pip").rmdir()
            (directory / environment.STAMP).unlink()
        else:
            (leftover / "half").mkdir()
            environment.write_stamp(str(directory), {"installing": "local"})
    created: list[str] = []

    def create(python: str, where: str) -> None:
        assert not Path(where).exists()
        created.append(where)
        made(Path(where))

    monkeypatch.setattr(environment, "_create", create)
    monkeypatch.setattr(environment, "_install", lambda *_: None)
    assert environment.ensure("local") == str(directory / "bin" / "python")
    assert created == [str(directory)]
    assert environment.is_complete(str(directory), "local")


def test_an_environment_whose_making_was_killed_is_seen_as_half_made(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", killed)
    with pytest.raises(KeyboardInterrupt):
        environment._create(sys.executable, str(checkout / ".venv"))
    assert "installing" in environment.read_stamp(str(checkout / ".venv"))


def test_changed_requirements_are_installed_into_the_environment_that_exists(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(checkout / ".venv", local="of an older file")
    installed: list[str] = []
    monkeypatch.setattr(environment, "_create", forbid)
    monkeypatch.setattr(environment, "_install", lambda _, extra: installed.append(extra))
    environment.ensure("local")
    environment.ensure("local")
    assert installed == ["local"]


def test_the_development_environment_serves_to_run_too(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(checkout / ".venv", dev=environment.wanted_hash("dev"))
    monkeypatch.setattr(environment, "_install", forbid)
    environment.ensure("local")


def test_a_download_that_failed_leaves_the_working_environment_usable(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "requirements-dev.txt").write_text("# more\n")
    directory = made(checkout / ".venv", local=environment.wanted_hash("local"))

    def offline(*_: object) -> None:
        raise environment.EnvironmentFailed("no network")

    monkeypatch.setattr(environment, "_install", offline)
    with pytest.raises(environment.EnvironmentFailed, match="no network"):
        environment.ensure("dev")
    assert environment.is_complete(str(directory), "local")


def test_the_reason_that_pip_gives_is_passed_on_in_one_line(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "requirements-local.txt").write_text("ovation-is-not-there==1\n")
    directory = made(checkout / ".venv")
    pip = "print('ERROR: no hash')\nraise SystemExit(1)\n"
    (directory / "bin" / "python").unlink()
    (directory / "bin" / "python").write_text(f"#!{sys.executable}\n{pip}")
    (directory / "bin" / "python").chmod(0o755)
    with pytest.raises(environment.EnvironmentFailed, match="cannot install .*: no hash$"):
        environment.ensure("local")


def wheel(folder: Path, name: str, version: str, *metadata: str) -> str:
    """Write an empty package into a folder; return the line of requirements that pins it."""
    info = f"{name}-{version}.dist-info"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def test_a_release_newer_than_the_pinned_one_changes_nothing(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = wheel(tmp_path, "asking", "1", "Requires-Dist: asked[more]>=1")
    pins += wheel(tmp_path, "asked", "1", "Provides-Extra: more")
    wheel(tmp_path, "asked", "2", "Provides-Extra: more")
    (checkout / "requirements-local.txt").write_text(pins)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    environment.ensure("local")
    library = environment._installed(str(checkout / ".venv"))
    assert {"asking-1.dist-info", "asked-1.dist-info"} < set(library)


def test_another_version_of_python_gets_an_environment_of_its_own(checkout: Path) -> None:
    made(checkout / ".venv", version=(3, 11))
    assert environment.directory_for((3, 11)) == str(checkout / ".venv")
    assert environment.directory_for((3, 13)) == str(checkout / ".venv-3.13")


def test_a_python_that_is_too_old_gives_way_to_a_newer_one_or_is_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(environment, "CANDIDATES", ("python-that-is-not-there", sys.executable))
    assert environment.choose_python()[1] == THIS
    monkeypatch.setattr(environment, "CANDIDATES", ())
    with pytest.raises(environment.EnvironmentFailed, match="3.11 or newer is needed.* 3.9"):
        environment.choose_python()


def test_the_variable_python_chooses_and_a_wrong_one_is_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON", sys.executable)
    assert environment.choose_python()[1] == THIS
    monkeypatch.setenv("PYTHON", "/not/there/python3")
    with pytest.raises(environment.EnvironmentFailed, match="/not/there/python3"):
        environment.choose_python()


def test_a_stamp_that_is_garbage_counts_as_none(checkout: Path) -> None:
    directory = made(checkout / ".venv")
    for garbage in ("", "{", json.dumps(["local"])):
        (directory / environment.STAMP).write_text(garbage)
        assert environment.read_stamp(str(directory)) == {}
