"""The Python environment of this checkout: made when it is missing, repaired when it is half made.

`python3 scripts/environment.py dev` makes it and prints the path of its interpreter. This file has
to load in any Python 3, however old, so that it can say which one is needed; standard library only.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from typing import IO, Iterator, NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
OLDEST = (3, 11)
CANDIDATES = ("python3.13", "python3.12", "python3.11", "python3.14")
REQUIREMENTS = {"local": "requirements-local.txt", "dev": "requirements-dev.txt"}
# The development environment has all that the local one has.
SATISFIED_BY = {"local": ("local", "dev"), "dev": ("dev",)}
STAMP = ".ovation-installed"
_DESCRIBE = (
    "import sys; print(getattr(sys, '_base_executable', sys.executable)); "
    "print('%d.%d' % sys.version_info[:2])"
)


class EnvironmentFailed(Exception):
    """The environment cannot be made; the message is one line for a person."""


def say(line: str) -> None:
    """Tell the person at the terminal; standard output is for results."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def describe(python: str) -> "tuple[str, tuple[int, ...]] | None":
    """Return an interpreter's real path and version, None when it does not run."""
    try:
        answer = subprocess.check_output(
            [python, "-c", _DESCRIBE], stderr=subprocess.DEVNULL, universal_newlines=True
        )
        path, version = answer.splitlines()
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return path, tuple(int(part) for part in version.split("."))


def choose_python() -> "tuple[str, tuple[int, ...]]":
    """Return the path and version of PYTHON, of this interpreter, or of a newer one on the PATH."""
    named = os.environ.get("PYTHON")
    if named:
        found = describe(named)
        if found is None or found[1] < OLDEST:
            raise EnvironmentFailed("PYTHON=%s is no Python 3.11 or newer" % named)
        return found
    if sys.version_info[:2] >= OLDEST:
        return getattr(sys, "_base_executable", sys.executable), sys.version_info[:2]
    for name in CANDIDATES:
        found = describe(name)
        if found is not None and found[1] >= OLDEST:
            return found
    raise EnvironmentFailed(
        "Python 3.11 or newer is needed, and this is %d.%d (%s): install one, or name it as in "
        "PYTHON=/usr/bin/python3.13" % (sys.version_info[0], sys.version_info[1], sys.executable)
    )


def version_of(directory: str) -> "tuple[int, ...] | None":
    """Return the Python version of an environment, None when there is none that could run."""
    try:
        with open(os.path.join(directory, "pyvenv.cfg")) as file:
            values = dict(line.split(" = ", 1) for line in file if " = " in line)
        text = values.get("version_info") or values["version"]
        version = tuple(int(part) for part in text.split(".")[:2])
    except (OSError, KeyError, ValueError):
        return None
    return version if os.access(interpreter(directory), os.X_OK) else None


def interpreter(directory: str) -> str:
    """Return the path of an environment's Python."""
    return os.path.join(directory, "bin", "python")


def directory_for(version: "tuple[int, ...]") -> str:
    """Return `.venv`, or `.venv-3.13` when `.venv` belongs to another version of Python."""
    usual = os.path.join(ROOT, ".venv")
    if version_of(usual) in (None, version):
        return usual
    return "%s-%d.%d" % (usual, version[0], version[1])


def read_stamp(directory: str) -> "dict[str, str]":
    """Return what was installed: extra and hash of its requirements, or "installing" if cut short."""
    try:
        with open(os.path.join(directory, STAMP)) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(directory: str, stamp: "dict[str, str]") -> None:
    """Remember what is installed."""
    draft = os.path.join(directory, STAMP + ".new")
    with open(draft, "w") as file:
        json.dump(stamp, file)
    os.replace(draft, os.path.join(directory, STAMP))


def wanted_hash(extra: str) -> str:
    """Return the SHA-256 of an extra's requirements file."""
    with open(os.path.join(ROOT, REQUIREMENTS[extra]), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def is_complete(directory: str, extra: str) -> bool:
    """Tell whether an environment has just what the requirements of an extra say."""
    stamp = read_stamp(directory)
    return version_of(directory) is not None and any(
        stamp.get(name) == wanted_hash(name) for name in SATISFIED_BY[extra]
    )


def ensure(extra: str) -> str:
    """Return the interpreter of a complete environment; make, extend or repair it first if need be.

    `extra` is "local" (to run) or "dev" (to check and test as well). Raise `EnvironmentFailed`.
    """
    python, version = choose_python()
    directory = directory_for(version)
    if is_complete(directory, extra):
        return interpreter(directory)
    try:
        with _only_one():
            directory = directory_for(version)  # another process may have made it meanwhile
            if not is_complete(directory, extra):
                _make(python, directory, extra)
    except OSError as error:
        raise EnvironmentFailed("cannot make %s: %s" % (directory, error))
    return interpreter(directory)


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    with open(os.path.join(ROOT, ".venv.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process makes the Python environment, waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(python: str, directory: str, extra: str) -> None:
    shown = os.path.relpath(directory, ROOT)
    stamp = read_stamp(directory)
    usable = version_of(directory) is not None and "pip" in _installed(directory)
    if not usable or "installing" in stamp:
        if os.path.lexists(directory):
            say("The environment %s is incomplete, making it anew ..." % shown)
        _remove(directory)
        _create(python, directory)
        stamp = {}
    started = time.time()
    say("Installing %s into %s (once, takes a minute or two) ..." % (REQUIREMENTS[extra], shown))
    wanted, before = wanted_hash(extra), _installed(directory)
    write_stamp(directory, {"installing": extra})
    try:
        _install(directory, extra)
    except BaseException:
        if stamp and _installed(directory) == before:  # it failed before it changed anything
            write_stamp(directory, stamp)
        raise
    write_stamp(directory, dict(stamp, **{extra: wanted}))
    say("Installed in %.0f s." % (time.time() - started))


def _remove(directory: str) -> None:
    if os.path.islink(directory) or os.path.isfile(directory):
        os.unlink(directory)
    elif os.path.isdir(directory):
        shutil.rmtree(directory)


def _create(python: str, directory: str) -> None:
    os.makedirs(directory)
    write_stamp(directory, {"installing": "pip"})  # for the case that we are killed here
    made = subprocess.run(
        [python, "-m", "venv", directory], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode != 0:
        _remove(directory)
        text = made.stdout.decode("utf-8", "replace")
        if "ensurepip" in text:
            text = "it comes without venv and pip; on Debian and Ubuntu: apt install python3-venv"
        raise EnvironmentFailed("%s cannot make an environment: %s" % (python, text.strip()))


def _installed(directory: str) -> "list[str]":
    library = os.path.join(directory, "lib")
    return sorted(
        entry
        for version in (os.listdir(library) if os.path.isdir(library) else [])
        for entry in os.listdir(os.path.join(library, version, "site-packages"))
    )


def _install(directory: str, extra: str) -> None:
    # The file names every package, so nothing is resolved: of a package that another one asks for
    # with an extra, an older pip takes the newest release before it has read which one is pinned.
    command = [interpreter(directory), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    command += ["--no-warn-script-location"]
    command += ["-r", os.path.join(ROOT, REQUIREMENTS[extra])]
    settings = {"PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore", "PYTHONUNBUFFERED": "1"}
    away = ("PIP_TARGET", "PIP_PREFIX", "PYTHONPATH", "PYTHONHOME")
    environment = {name: value for name, value in os.environ.items() if name not in away}
    pip = subprocess.Popen(
        command,
        env=dict(environment, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    with pip:
        errors = _show_progress(pip.stdout) if pip.stdout else []
    if pip.returncode != 0:
        reason = errors[-1] if errors else "pip ended with status %d" % pip.returncode
        raise EnvironmentFailed("cannot install %s: %s" % (REQUIREMENTS[extra], reason))


def _show_progress(lines: "IO[str]") -> "list[str]":
    """Show what pip does on one line of the terminal; return its error messages."""
    errors, seen, terminal = [], 0, sys.stderr.isatty()
    for line in lines:
        words = line.split()
        if line.startswith("ERROR:"):
            errors.append(line[len("ERROR:") :].strip())
        elif terminal and words[:1] in (["Collecting"], ["Installing"]):
            seen += words[0] == "Collecting"
            what = words[1].split("=")[0] if words[0] == "Collecting" else "writing files"
            sys.stderr.write("\r\033[K  %d packages: %s" % (seen, what))
            sys.stderr.flush()
    if terminal:
        sys.stderr.write("\r\033[K")
    return errors


def demand_python() -> None:
    """Go on in a Python that is new enough, or end with a line that says which one is needed."""
    try:
        python, version = choose_python()
    except EnvironmentFailed as failure:
        _give_up(failure)
    if version != sys.version_info[:2]:
        _become(python)


def _give_up(failure: EnvironmentFailed) -> "NoReturn":
    say("scripts/%s: %s" % (os.path.basename(sys.argv[0]), failure))
    sys.exit(1)


def _become(python: str) -> "NoReturn":
    if os.environ.get("OVATION_ENTERED") == "%d %s" % (os.getpid(), python):  # never in circles
        _give_up(EnvironmentFailed("%s does not work" % python))
    os.environ["OVATION_ENTERED"] = "%d %s" % (os.getpid(), python)
    os.execv(python, [python] + sys.argv)  # nosec B606  # no shell, no input of anybody


def enter(extra: str) -> None:
    """Return when this process runs in the complete environment; until then, start again in it."""
    try:
        python = ensure(extra)
    except EnvironmentFailed as failure:
        _give_up(failure)
    if os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(os.path.dirname(python))):
        _become(python)


def main() -> None:
    """Make the environment that the first argument names and print its interpreter."""
    if len(sys.argv) != 2 or sys.argv[1] not in REQUIREMENTS:
        say("usage: environment.py %s" % "|".join(sorted(REQUIREMENTS)))
        sys.exit(2)
    try:
        print(ensure(sys.argv[1]))
    except EnvironmentFailed as failure:
        say("environment.py: %s" % failure)
        sys.exit(1)


if __name__ == "__main__":
    main()
