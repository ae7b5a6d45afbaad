"""What an announcement may say of its end. Pure functions."""

from datetime import datetime

from shared.errors import FieldError, InvalidRequest


def check_expiry(expires_at: datetime | None, *, now: datetime) -> None:
    """Raise `InvalidRequest` for an end that is not ahead."""
    if expires_at is not None and expires_at <= now:
        raise InvalidRequest([FieldError(("body", "expires_at"), "must be in the future")])
