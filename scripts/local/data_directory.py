"""The directory of one local deployment: recognised, locked, and owner of its keys.

What is in it survives everything: `postgresql/` (the database), passwords, keys, the demo event.
"""

import base64
import fcntl
import json
import os
import secrets
from pathlib import Path

from scripts.local.credentials import new_password, read_or_create, write_private
from scripts.local.failures import StartFailed

FORMAT = 1


class DataDirectory:
    """A data directory that this process owns until `release`."""

    def __init__(self, path: Path) -> None:
        """Make or recognise the directory, and lock it; raise `StartFailed` when that cannot be."""
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._recognise()
            self._lock = self._take_lock()
            if not self._marker.exists():
                write_private(self._marker, json.dumps({"format": FORMAT}) + "\n")
        except OSError as error:
            raise StartFailed(f"cannot use the data directory {path}: {error.strerror}") from None

    @property
    def _marker(self) -> Path:
        return self.path / "ovation.json"

    def _recognise(self) -> None:
        try:
            marker = json.loads(self._marker.read_text(encoding="utf-8"))
            known = isinstance(marker, dict) and marker.get("format") == FORMAT
        except FileNotFoundError:
            # Loose files may be the caller's: a log of ours, the ready file.
            known = not any(
                entry.is_dir() or entry.name == "PG_VERSION" for entry in self.path.iterdir()
            )
        except ValueError:
            known = False
        if not known:
            raise StartFailed(
                f"{self.path} is no data directory of this version of Ovation: choose another "
                "--data-dir, or an empty one"
            )

    def _take_lock(self) -> int:
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StartFailed(
                f"another scripts/run (process {owner or 'unknown'}) uses {self.path}: stop it, or "
                "choose another --data-dir"
            ) from None
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        return descriptor

    def release(self) -> None:
        """Let another process have the directory."""
        os.close(self._lock)

    @property
    def server_log(self) -> Path:
        """Return the file with what the server, and the migration before it, said."""
        return self.path / "server.log"

    @property
    def demo_file(self) -> Path:
        """Return the file that remembers the demo event."""
        return self.path / "demo.json"

    @property
    def organizer_key_file(self) -> Path:
        """Return the file with the organizer's API key."""
        return self.path / "organizer.key"

    def database_password(self) -> str:
        """Return the password of the role that the server logs in with."""
        return read_or_create(self.path / "database.password", new_password)

    def signing_keys(self) -> str:
        """Return the keys that sign participant tokens, as SIGNING_KEYS wants them."""
        return read_or_create(self.path / "signing-keys.json", _new_signing_keys)


def _new_signing_keys() -> str:
    key = base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    return json.dumps({"current": "k1", "keys": {"k1": key}})
