"""The papers say what the code does: calls, error codes, links, and the session with curl."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from scripts.local.postgresql import Cluster
from shared.http import lambda_adapter, problems
from shared.polls.kinds import KINDS
from tests.support.application import ROOT
from tests.support.calls import CALLS
from tests.support.databases import migrated_database, organizer_key_in
from tests.support.server import running_server

PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
# Of no interest to whoever calls the API.
PAGES = {"show_page", "get_page_asset", "show_docs", "get_docs_asset"}


def anchors(markdown: str) -> set[str]:
    """Return what a link may name behind its #."""
    titles = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_link_within_the_papers_leads_somewhere(paper: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", paper.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")) or "NNNN" in link:
            continue
        path, _, anchor = link.partition("#")
        target = paper.parent / path if path else paper
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_wire_contract_has_every_kind_of_poll_and_no_other() -> None:
    table = API.split("## Kinds of poll")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(KINDS)


def test_the_wire_contract_has_every_call_and_no_other() -> None:
    documented = re.findall(r"^\| `([A-Z]+ /\S+)` \|", API, re.MULTILINE)
    served = [
        f"{call.method} {call.path}" for operation, call in CALLS.items() if operation not in PAGES
    ]
    assert sorted(documented) == sorted(served)


def test_the_wire_contract_has_every_error_code_and_no_other() -> None:
    known = {
        *problems.PROBLEM_TYPES.values(),
        problems.MALFORMED_JSON,
        problems.METHOD_NOT_ALLOWED,
        problems.INTERNAL_ERROR,
        problems.BAD_REQUEST,
        lambda_adapter.RESPONSE_TOO_LARGE,
    }
    rows = sorted(f"| {each.status} | `{each.code}` | {each.title} |" for each in known)
    expected = "\n".join(["| status | code | title |", "| --- | --- | --- |", *rows])
    assert expected in API, f"put this table into docs/api.md:\n{expected}"


def test_the_examples_of_the_wire_contract_are_json() -> None:
    examples = re.findall(r"```json\n(.*?)```", API, re.DOTALL)
    assert len(examples) >= 4
    for example in examples:
        json.loads(example)


def test_the_decisions_table_has_every_page_with_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    table = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(folder.glob("[0-9]*.md"))
    assert pages
    for page in pages:
        number, title = page.read_text(encoding="utf-8").split("\n", 1)[0][2:].split(": ", 1)
        assert page.name.startswith(f"{number}-")
        assert f"| [{number}]({page.name}) | {title} |" in table, page.name


async def test_the_session_with_curl_in_the_readme_works_as_it_stands(
    cluster: Cluster, tmp_path: Path
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (session,) = re.findall(r"```sh\n(BASE=.*?)```", readme, re.DOTALL)
    with migrated_database(cluster) as url:
        key = await organizer_key_in(url)
        (tmp_path / "ready.json").write_text(json.dumps({"organizer_key": key}))
        with running_server(tmp_path / "log", DATABASE_URL=url) as server:
            there = session.replace("http://127.0.0.1:8123", server.base_url)
            assert there != session
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", there],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=60,
            )
    assert done.returncode == 0, done.stderr
    opened, vote, closed, results, upvote, changes = map(json.loads, done.stdout.splitlines())
    assert (opened["status"], closed["status"]) == ("open", "closed")
    assert vote["vote"]["option_ids"] == [opened["options"][0]["id"]]
    assert (results["final"], results["voters"]) == (True, 1)
    assert [tally["votes"] for tally in results["tallies"]] == [1, 0]
    assert upvote["upvoted"] is True
    assert {change["type"] for change in changes["changes"]} == {
        "event",
        "poll",
        "poll_results",
        "question",
    }
