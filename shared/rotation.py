"""The signing keys' next generation: which key signs, which are only accepted, which are forgotten.

Processes read the keys anew every 300 s, so a key that signs from the moment it is made would be
unknown to most of them. So each rotation makes a key for the next one, and lets the key of the
last one sign: everybody has known it for as long as a rotation's interval. A key that signs no
longer is accepted until the last token that it signed has expired.

Beside `current` and `keys`, which processes read, the secret holds `next`, the id of the key made
last, `made_at`, when that was, and `accepted_until` for the keys of before, seconds of the Unix clock.
"""

from dataclasses import dataclass, field
from typing import Any, Self

from shared.secrets import parse_signing_keys
from shared.stored_secret import FRESH_FOR_S, SecretError

# Reading anew takes a moment too, and clocks differ.
KNOWN_AFTER_S = FRESH_FOR_S + 60


@dataclass(frozen=True)
class KeySet:
    """The secret's content; keys are base64."""

    current: str
    keys: dict[str, str] = field(repr=False)
    next: str | None = None
    made_at: float = 0.0
    accepted_until: dict[str, float] = field(default_factory=dict)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Read a secret's JSON object, also one that no rotation has touched yet."""
        return cls(**{name: record[name] for name in cls.__dataclass_fields__ if name in record})


def first(key_id: str, key: str) -> KeySet:
    """Return the keys of a deployment that has none yet."""
    return KeySet(current=key_id, keys={key_id: key})


def rotated(
    before: KeySet, *, key_id: str, key: str, now: float, token_ttl_s: int, known_after_s: float
) -> KeySet:
    """Return the next generation; `key` is new, and signs from the next rotation on.

    Where the key made last is not known to everybody yet, as in a rotation right after another,
    nothing changes but that expired keys are gone.
    """
    # Whoever has not read the new generation yet goes on signing with the old key.
    accepted_until = now + known_after_s + token_ttl_s
    current, prepared, made_at = before.current, before.next, before.made_at
    keys = dict(before.keys)
    if prepared is None or now - made_at >= known_after_s:
        current, prepared, made_at = prepared or current, key_id, now
        keys[key_id] = key
    retired = {
        old: before.accepted_until.get(old, accepted_until)
        for old in keys
        if old not in (current, prepared)
    }
    accepted = {old: until for old, until in retired.items() if until > now}
    kept = {each: keys[each] for each in keys if each in (current, prepared) or each in accepted}
    return KeySet(current, kept, prepared, made_at, accepted)


def check_succession(before: str | None, after: str) -> None:
    """Raise `SecretError` unless each generation's tokens are accepted by the other.

    `before` and `after` are the secret's texts: a request may meet a process that has read either.
    """
    new = parse_signing_keys(after, "the pending version")
    if before is None:
        return
    old = parse_signing_keys(before, "the current version")
    if new.keys.get(old.current) != old.keys[old.current]:
        raise SecretError("the pending version does not accept the tokens of the current one")
    if old.keys.get(new.current) != new.keys[new.current]:
        raise SecretError("the current version does not accept the tokens of the pending one")
