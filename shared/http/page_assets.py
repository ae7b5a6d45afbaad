"""The files of the built-in page: a fixed list, so no path in a request ever names a file."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from shared.errors import NotFound
from shared.http.conditional import conditional_response

INDEX = "index.html"

_FOLDER = Path(__file__).parents[2] / "web"
_STYLES = "text/css; charset=utf-8"
_SCRIPT = "text/javascript; charset=utf-8"

# Everything that is served from `web/`, and as what.
ASSETS: Mapping[str, str] = {
    INDEX: "text/html; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "base.css": _STYLES,
    "cards.css": _STYLES,
    "controls.css": _STYLES,
    "kinds.css": _STYLES,
    "quiz.css": _STYLES,
    "sides.css": _STYLES,
    "stage.css": _STYLES,
    "announcements.js": _SCRIPT,
    "announcer.js": _SCRIPT,
    "api.js": _SCRIPT,
    "app.js": _SCRIPT,
    "audience.js": _SCRIPT,
    "audience_polls_view.js": _SCRIPT,
    "audience_questions_view.js": _SCRIPT,
    "audience_view.js": _SCRIPT,
    "clock.js": _SCRIPT,
    "dom.js": _SCRIPT,
    "feed.js": _SCRIPT,
    "host.js": _SCRIPT,
    "host_kinds.js": _SCRIPT,
    "host_moderation.js": _SCRIPT,
    "host_moderation_view.js": _SCRIPT,
    "host_polls_view.js": _SCRIPT,
    "host_questions_view.js": _SCRIPT,
    "host_quiz.js": _SCRIPT,
    "host_quiz_view.js": _SCRIPT,
    "host_texts.js": _SCRIPT,
    "host_texts_view.js": _SCRIPT,
    "host_view.js": _SCRIPT,
    "host_words_view.js": _SCRIPT,
    "join.js": _SCRIPT,
    "kind_choice.js": _SCRIPT,
    "kind_open_text.js": _SCRIPT,
    "kind_ranking.js": _SCRIPT,
    "kind_rating.js": _SCRIPT,
    "kind_word_cloud.js": _SCRIPT,
    "kinds.js": _SCRIPT,
    "memory.js": _SCRIPT,
    "parts.js": _SCRIPT,
    "qr.js": _SCRIPT,
    "qrcode-generator.js": _SCRIPT,
    "quiz_seat.js": _SCRIPT,
    "quiz_view.js": _SCRIPT,
    "reactions.js": _SCRIPT,
    "sorting.js": _SCRIPT,
    "words.js": _SCRIPT,
    "writes.js": _SCRIPT,
}

# Nothing inline, nothing from elsewhere, and no sink that would turn text into markup.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def asset_response(request: Request, name: str) -> Response:
    """Return a file of the page, or 304 when the browser has it; raise `NotFound` for any other name."""
    media_type = ASSETS.get(name)
    if media_type is None:
        raise NotFound("The page has no such file.")
    response = conditional_response(
        request, _content(name), cache_control="public, max-age=60", media_type=media_type
    )
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


@lru_cache(maxsize=len(ASSETS))
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
