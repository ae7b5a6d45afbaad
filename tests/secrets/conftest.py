"""A vault for each test, and no settings left of the test before."""

from collections.abc import Iterator

import pytest

from shared.settings import get_settings
from tests.support.secrets_manager import Vault, secrets_manager


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with secrets_manager(monkeypatch) as vault:
        yield vault


@pytest.fixture(autouse=True)
def _settings_of_each_test() -> Iterator[None]:
    yield
    get_settings.cache_clear()
