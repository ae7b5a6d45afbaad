"""What invokes a Lambda, made safe to serve: every event becomes a whole HTTP request, or is refused.

Load balancers and API Gateway leave out, null or repeat parts of an event, and whoever may invoke
the function can send anything at all. Mangum reads events as they should be, so none other reaches it.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeGuard

# Where a request's Host is kept: Mangum cannot read one with an IPv6 address.
HOST = "ovation.host"

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(:[0-9]{1,5})?")


class NotHttp(Exception):
    """The event is no HTTP request; `detail` says why and can be shown to the client."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class _Headers(NamedTuple):
    fields: dict[str, list[str]]
    host: str | None


def http_event(event: object) -> dict[str, Any]:
    """Return an ALB or API Gateway HTTP event (payload 2.0) with all parts present and sound.

    Raise `NotHttp` for any other value. The event given is not changed.
    """
    if is_load_balancer(event):
        return _load_balancer_event(event)
    if isinstance(event, Mapping) and isinstance(event.get("requestContext"), Mapping):
        http = event["requestContext"].get("http")
        if event.get("version") == "2.0" and isinstance(http, Mapping):
            return _http_api_event(event, http)
    raise NotHttp("The event is not an HTTP request.")


def is_load_balancer(event: object) -> TypeGuard[Mapping[Any, Any]]:
    """Tell whether a load balancer sent the event, or someone who would pass for one."""
    if not isinstance(event, Mapping):
        return False
    context = event.get("requestContext")
    return isinstance(context, Mapping) and "elb" in context


def blank_event(event: object) -> dict[str, Any]:
    """Return an empty request that is answered in the form which the sender of `event` expects."""
    if is_load_balancer(event):
        context: dict[str, Any] = {"elb": {}}
        return {
            "requestContext": context,
            "httpMethod": "GET",
            "path": "/",
            _header_form(event): {},
        }
    http = {"method": "GET", "path": "/", "sourceIp": ""}
    return {"version": "2.0", "requestContext": {"http": http}, "headers": {}}


def _header_form(event: Mapping[Any, Any]) -> str:
    # A target group answers in the form that it asks in: multi-value headers on, or off.
    if event.get("multiValueHeaders") is None and event.get("headers") is not None:
        return "headers"
    return "multiValueHeaders"


def _load_balancer_event(event: Mapping[Any, Any]) -> dict[str, Any]:
    form = _header_form(event)
    headers = _headers(event.get(form))
    repeated = form == "multiValueHeaders"
    query = event.get("multiValueQueryStringParameters") or event.get("queryStringParameters")
    return {
        "requestContext": {"elb": {}},
        "httpMethod": _method(event.get("httpMethod")),
        "path": _path(event.get("path")),
        "multiValueQueryStringParameters": _multi_values(query),
        form: headers.fields if repeated else _joined(headers.fields),
        "body": _body(event),
        HOST: headers.host,
    }


def _http_api_event(event: Mapping[Any, Any], http: Mapping[Any, Any]) -> dict[str, Any]:
    headers = _headers(event.get("headers"))
    cookies = event.get("cookies")
    source = http.get("sourceIp")
    return {
        "version": "2.0",
        "requestContext": {
            "http": {
                "method": _method(http.get("method")),
                "path": _path(http.get("path")),
                "sourceIp": _text(source) if isinstance(source, str) else "",
            }
        },
        "rawQueryString": _text(event.get("rawQueryString") or ""),
        "headers": _joined(headers.fields),
        "cookies": [_field_value(each) for each in cookies] if isinstance(cookies, list) else [],
        "body": _body(event),
        HOST: headers.host,
    }


def _headers(given: object) -> _Headers:
    fields: dict[str, list[str]] = {}
    for name, values in _multi_values(given).items():
        if not _TOKEN.fullmatch(name):
            raise NotHttp("A header's name is malformed.")
        fields.setdefault(name.lower(), []).extend(_field_value(value) for value in values)
    hosts = fields.pop("host", [])
    # Mangum would take both on trust, and fails on a port that is no number.
    fields.pop("x-forwarded-port", None)
    if fields.get("x-forwarded-proto", ["https"])[-1:] not in (["http"], ["https"]):
        del fields["x-forwarded-proto"]
    host = hosts[0] if hosts and _HOST.fullmatch(hosts[0]) else None
    return _Headers({name: values for name, values in fields.items() if values}, host)


def _multi_values(given: object) -> dict[str, list[str]]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise NotHttp("Headers and query parameters must be objects.")
    return {
        _text(name): [_text(value) for value in _each(values) if value is not None]
        for name, values in given.items()
    }


def _each(values: object) -> Iterable[object]:
    return values if isinstance(values, list) else [values]


def _joined(fields: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: ("; " if name == "cookie" else ", ").join(vs) for name, vs in fields.items()}


def _method(given: object) -> str:
    method = _text(given)
    if not _TOKEN.fullmatch(method):
        raise NotHttp("The method is malformed.")
    return method.upper()


def _path(given: object) -> str:
    path = _text(given or "/")
    return path if path.startswith("/") else f"/{path}"


def _field_value(given: object) -> str:
    value = _text(given).strip(" \t")
    if _CONTROL.search(value):
        raise NotHttp("A header's value holds a control character.")
    return value


def _text(given: object) -> str:
    if isinstance(given, int | float):
        given = str(given)
    if not isinstance(given, str):
        raise NotHttp("A part of the request that must be text is not.")
    try:
        given.encode()
    except UnicodeEncodeError:
        raise NotHttp("A part of the request is not Unicode.") from None
    return given


def _body(event: Mapping[Any, Any]) -> bytes:
    body = event.get("body")
    if not body:
        return b""
    if not event.get("isBase64Encoded"):
        return _text(body).encode()
    try:
        return base64.b64decode(_text(body), validate=True)
    except (binascii.Error, ValueError):
        raise NotHttp("The body is not the base64 that it is said to be.") from None
