"""What the Terraform code says, for tests that hold the application to it."""

import json
import re

from tests.support.application import ROOT

TERRAFORM = ROOT / "terraform"
# Where a server on ECS keeps the certificate that it makes for itself.
TLS = {"UVICORN_SSL_KEYFILE": "/tmp/tls.key", "UVICORN_SSL_CERTFILE": "/tmp/tls.crt"}


def text_of(path: str) -> str:
    """Return a file of terraform/."""
    return (TERRAFORM / path).read_text(encoding="utf-8")


def joined(path: str, name: str, separator: str = " ") -> str:
    """Return the string that `name = join(separator, […])` makes in a file."""
    pattern = rf"{name} = join\(\"{separator}\", \[(.*?),?\n\s*\]\)"
    (parts,) = re.findall(pattern, text_of(path), re.DOTALL)
    found: list[str] = json.loads(f"[{parts}]")
    return separator.join(found)


def server_command() -> str:
    """Return what a server on ECS runs in its shell."""
    path = "modules/service/main.tf"
    return f"{joined(path, 'make_certificate')} && exec {joined(path, 'serve')}"
