"""The commit check, run as CI runs it: a program in a real repository."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "scripts" / "check_commits"


class Repository:
    """A new git repository, independent of the configuration of whoever runs the tests."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> None:
        """Run git here; raise when it fails."""
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=0"]
        subprocess.run(["git", *who, *arguments], cwd=self.path, check=True, capture_output=True)

    def commit(self, message: str) -> None:
        """Make an empty commit."""
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def check(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run scripts/check_commits here."""
        return subprocess.run(
            [sys.executable, str(PROGRAM), *arguments],
            cwd=self.path,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository."""
    return Repository(tmp_path)


@pytest.mark.parametrize(
    "message",
    [
        "feat: count votes by shard",
        "fix(polls): refuse a vote after the close",
        "refactor(feed)!: rename the cursor",
        "docs: say how to migrate\n\nThe long form is in CONTRIBUTING.\n",
        "revert: fix(polls): refuse a vote after the close",
    ],
)
def test_a_conventional_message_passes(repository: Repository, message: str) -> None:
    repository.commit(message)
    done = repository.check()
    assert done.returncode == 0
    assert "1 commits in HEAD, all conventional" in done.stdout


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("count votes by shard", "not of the form"),
        ("feature: count votes by shard", "not of the form"),
        ("Feat: count votes by shard", "not of the form"),
        ("feat:count votes by shard", "not of the form"),
        ("feat(): count votes by shard", "not of the form"),
        ("fixup! feat: count votes by shard", "not of the form"),
        ('Revert "feat: count votes by shard"', "begin with revert:"),
        ("feat: count votes by shard.", "ends with a dot"),
        ("feat: " + "x" * 95, "has 101 characters"),
        ("feat: count votes\nby shard", "not blank"),
    ],
)
def test_any_other_message_is_refused_with_the_reason(
    repository: Repository, message: str, reason: str
) -> None:
    repository.commit(message)
    done = repository.check()
    assert done.returncode == 1
    assert reason in done.stdout


def test_every_bad_commit_of_the_range_is_named(repository: Repository) -> None:
    for message in ("feat: one", "two", "feat: three", "four"):
        repository.commit(message)
    done = repository.check("HEAD~2..HEAD")
    assert done.returncode == 1
    assert " four\n" in done.stdout
    assert " two\n" not in done.stdout


def test_by_default_only_what_origin_lacks_is_checked(repository: Repository) -> None:
    repository.commit("of another age")
    assert repository.check().returncode == 1
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.commit("feat: one")
    done = repository.check()
    assert done.returncode == 0
    assert "1 commits" in done.stdout


def test_the_message_of_a_merge_is_nobodys_and_not_checked(repository: Repository) -> None:
    repository.commit("feat: one")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit("feat: two")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--no-ff", "--message", "Merge branch 'side'", "side")
    assert repository.check().returncode == 0


@pytest.mark.parametrize("arguments", [["nowhere..HEAD"], ["--all"], ["HEAD", "HEAD"]])
def test_a_range_that_git_does_not_know_is_an_error_of_its_own(
    repository: Repository, arguments: list[str]
) -> None:
    repository.commit("feat: one")
    assert repository.check(*arguments).returncode == 2
