"""The public feed is the same for whoever asks: also for one who sends what it does not ask for.

A client that sends its token with every request polls like any other, and must not cost more. So the token
is checked, which takes no statement, and the request goes on as the one that everyone sends.
"""

from shared.errors import NotAuthenticated
from shared.feed.cursor import asks_for_public_feed
from shared.http.answer import Header, Scope
from shared.identity.credentials import participant_token
from shared.identity.tokens import signing_key_id, verify_participant_token
from shared.secrets import SecretError, signing_keys_for

# The feed looks at none of these: it sets no cookie, and sends a page as a whole.
_MEANINGLESS = frozenset({b"cookie", b"range", b"if-match", b"if-unmodified-since"})


async def as_anyone(scope: Scope) -> list[Header] | None:
    """Return the headers with which anyone would ask the same, None for any other request.

    That is one for something else, or with a credential that is no participant's in force.
    """
    if not asks_for_public_feed(scope["path"], scope["query_string"]):
        return None
    kept = [header for header in scope["headers"] if header[0] not in _MEANINGLESS]
    credentials = [value for name, value in kept if name == b"authorization"]
    if credentials and not (len(credentials) == 1 and await _is_in_force(credentials[0])):
        return None
    return [header for header in kept if header[0] != b"authorization"]


async def _is_in_force(credential: bytes) -> bool:
    token = participant_token(credential)
    if token is None:
        return False
    try:
        keys = await signing_keys_for(signing_key_id(token))
        verify_participant_token(keys.keys, token)
    except (NotAuthenticated, SecretError):
        # The application says what is wrong.
        return False
    return True
