"""Fixtures of the tests of what is around every endpoint."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from shared.observability import logger


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What the logger writes."""
    stream = StringIO()
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)
