"""The built-in page as it is served: its files, and what they may not hold."""

import re
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from shared.http.page_assets import ASSETS, CONTENT_SECURITY_POLICY

FOLDER = Path(__file__).parents[2] / "web"
VENDORED = "qrcode-generator.js"
SCRIPTS = sorted(name for name in ASSETS if name.endswith(".js"))
# The name of a vocabulary, which nothing fetches.
SVG_NAMESPACE = "http://www.w3.org/2000/svg"


class _Elements(HTMLParser):
    """Collects (tag, attributes, text) of each element of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        self.found.append((tag, dict(attrs), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element that has no content."""
        self.handle_starttag(tag, attrs)

    def handle_data(self, text: str) -> None:
        """Add to what the element begun last holds."""
        if self.found:
            tag, attributes, before = self.found[-1]
            self.found[-1] = (tag, attributes, before + text)


def _source(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _index() -> list[tuple[str, dict[str, str | None], str]]:
    return _Elements(_source("index.html")).found


def _imports(name: str, *, dynamic: bool = False) -> set[str]:
    pattern = r'import\("\./([^"]+)"\)' if dynamic else r'from "\./([^"]+)";'
    return set(re.findall(pattern, _source(name)))


def _loaded_from(name: str) -> set[str]:
    loaded = {name}
    for imported in _imports(name):
        loaded |= _loaded_from(imported)
    return loaded


async def test_the_page_is_served_at_the_root(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert page.content == (FOLDER / "index.html").read_bytes()


def test_the_served_files_are_exactly_those_in_the_folder() -> None:
    assert set(ASSETS) == {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("name", ASSETS)
async def test_an_asset_has_its_type_its_policy_and_a_short_life(
    client: httpx.AsyncClient, name: str
) -> None:
    asset = await client.get(f"/page/{name}")
    assert asset.status_code == 200
    assert asset.content == (FOLDER / name).read_bytes()
    assert asset.headers["content-type"] == ASSETS[name]
    assert asset.headers["cache-control"] == "public, max-age=60"
    assert asset.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert asset.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/page/app.js"])
async def test_a_browser_that_has_the_file_is_told_so(client: httpx.AsyncClient, path: str) -> None:
    etag = (await client.get(path)).headers["etag"]
    assert re.fullmatch(r'"[^"]+"', etag)
    again = await client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = await client.get(path, headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "%2e%2e/pyproject.toml",
        "..%2fpyproject.toml",
        "%2e%2e%2fpyproject.toml",
        "..%5cpyproject.toml",
        "%2fetc%2fpasswd",
        "base.css%00",
        "base.css/",
        "BASE.CSS",
        ".",
        "app.js.map",
    ],
)
async def test_any_other_name_is_refused(client: httpx.AsyncClient, name: str) -> None:
    refused = await client.get(f"/page/{name}")
    assert refused.status_code == 404
    assert refused.headers["content-type"] == "application/problem+json"


def test_the_policy_lets_nothing_in_but_the_page_itself() -> None:
    directives = dict(
        directive.split(maxsplit=1) for directive in CONTENT_SECURITY_POLICY.split("; ")
    )
    assert directives["default-src"] == "'none'"
    assert {directives[f"{kind}-src"] for kind in ("script", "style", "connect", "img")} == {
        "'self'"
    }
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert directives["require-trusted-types-for"] == "'script'"


def test_the_page_has_no_inline_script_or_style() -> None:
    for tag, attributes, text in _index():
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "script":
            assert attributes["src"] and not text.strip()


@pytest.mark.parametrize("name", ASSETS)
def test_no_asset_names_anything_outside(name: str) -> None:
    source = _source(name).replace(SVG_NAMESPACE, "")
    if name == VENDORED:
        # Its comments name their author's pages.
        source = re.sub(r"^\s*//.*$", "", source, flags=re.MULTILINE)
    assert not re.search(r"\w+://|[\"'(=]\s*//\w|@import", source)


@pytest.mark.parametrize("name", sorted(set(SCRIPTS) - {VENDORED}))
def test_no_script_turns_text_into_markup_or_code(name: str) -> None:
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment"
    assert not re.search(rf"{sinks}|\beval\(|new Function|javascript:|srcdoc", _source(name))


def test_everything_that_is_referred_to_is_served() -> None:
    named = {
        value
        for _, attributes, _ in _index()
        for value in (attributes.get("href"), attributes.get("src"))
        if value
    }
    for styles in (name for name in ASSETS if name.endswith(".css")):
        named |= set(re.findall(r'url\("([^"]+)"\)', _source(styles)))
    for script in SCRIPTS:
        named |= {f"/page/{name}" for name in _imports(script) | _imports(script, dynamic=True)}
    assert named <= {f"/page/{name}" for name in ASSETS}
    assert {f"/page/{name}" for name in ASSETS} - named == {"/page/index.html"}


def test_a_phone_loads_the_audience_side_at_once_and_nothing_of_the_host_side() -> None:
    preloaded = {
        str(attributes["href"]).removeprefix("/page/")
        for _, attributes, _ in _index()
        if attributes.get("rel") == "modulepreload"
    }
    assert preloaded | {"app.js"} == _loaded_from("app.js")
    assert _imports("app.js", dynamic=True) == {"host.js"}
    assert VENDORED in _loaded_from("host.js") - preloaded


def test_the_vendored_library_carries_its_version_and_licence() -> None:
    header = _source(VENDORED).split("*/")[0]
    assert "qrcode-generator 2.0.4" in header
    assert "The MIT License" in header and "Copyright (c) 2009 Kazuhiko Arase" in header
