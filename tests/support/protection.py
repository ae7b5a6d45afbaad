"""Headers that protect a browser, which every response has."""

import httpx

PROTECTING = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "cross-origin-resource-policy": "cross-origin",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def check_protected(response: httpx.Response, policy: str = API_POLICY) -> None:
    """Assert that the response has each protecting header once, and an id of its own."""
    names = [name for name, _ in response.headers.multi_items()]
    for name, value in {**PROTECTING, "content-security-policy": policy}.items():
        assert names.count(name) == 1, name
        assert response.headers[name] == value
    assert names.count("x-request-id") == 1
