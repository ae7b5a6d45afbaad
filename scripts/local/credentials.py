"""Small files of a data directory that only their owner may read: passwords, keys, a port."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 at once: a reader, or a crash, sees all of it or none."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def read_or_create(path: Path, create: Callable[[], str]) -> str:
    """Return the file's text, without white space around it; make the file first if it is missing."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        text = ""
    if not text:
        text = create()
        write_private(path, f"{text}\n")
    return text


def new_password() -> str:
    """Return a random password of 192 bits that needs no quoting in a URL or in SQL."""
    return secrets.token_urlsafe(24)
