"""The database's address in parts, as psycopg takes them: a function has nothing else that reads an URL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

_SCHEMES = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
# An URL as SQLAlchemy reads it: what is no separator need not be escaped, as a slash in a password.
_URL = re.compile(
    r"""
    (?P<scheme>[\w+]+)://
    (?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?
    (?:\[(?P<ipv6>[^/?]+)\]|(?P<host>[^/:?]+))?
    (?::(?P<port>\d*))?
    (?:/(?P<dbname>[^?]*))?
    (?:\?(?P<query>.*))?
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPED = frozenset({"user", "password", "dbname"})


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where the database is and who logs in, by the names that libpq has for the parts."""

    parts: Mapping[str, str] = field(repr=False)

    def with_password(self, password: str) -> "DatabaseAddress":
        """Return the same address with another password."""
        return DatabaseAddress({**self.parts, "password": password})


def parse_address(url: str) -> DatabaseAddress:
    """Return the parts of a postgresql:// address; raise `ValueError`, without its text, for none."""
    found = _URL.fullmatch(url)
    if found is None or found["scheme"] not in _SCHEMES:
        raise ValueError("not a postgresql:// address")
    given = found.groupdict(default="")
    query = parse_qs(given.pop("query"))
    parts = {name: unquote(each) if name in _ESCAPED else each for name, each in given.items()}
    parts["host"] = parts["host"] or parts.pop("ipv6")
    named = {name: each for name, each in parts.items() if each and name not in ("scheme", "ipv6")}
    # One that is repeated, such as the host, is a list to libpq.
    return DatabaseAddress({**named, **{name: ",".join(each) for name, each in query.items()}})
