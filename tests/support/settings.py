"""Running part of a test under other settings."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from shared.settings import get_settings


@contextmanager
def changed_settings(**values: object) -> Iterator[None]:
    """Let the settings be `values` within the context; what was made from the old ones stays made."""
    variables = {name.upper(): str(value) for name, value in values.items()}
    with patch.dict(os.environ, variables):
        get_settings.cache_clear()
        try:
            yield
        finally:
            get_settings.cache_clear()
