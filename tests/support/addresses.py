"""Clients at addresses of their own, for what is limited by address."""

from itertools import count

import httpx

_numbers = count(1)


def client_elsewhere() -> httpx.AsyncClient:
    """Return a client of the whole application at an address that no test has used."""
    from handlers.app import app

    number = next(_numbers)
    address = f"198.18.{number // 256}.{number % 256}"
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 443))
    return httpx.AsyncClient(transport=transport, base_url="http://ovation.test")
