"""Fixtures of the tests of what is around every endpoint."""

import logging
from collections.abc import AsyncIterator, Iterator
from io import StringIO

import pytest

from shared.observability import logger
from tests.support.words import Connection, stage


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What the logger writes."""
    stream = StringIO()
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


@pytest.fixture
def calm_stage() -> None:
    """The endpoint of `tests.support.words` answers at once, unless a test says otherwise."""
    stage.reset()


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    """A connection to a new server of `tests.support.words`."""
    opened = Connection()
    yield opened
    await opened.end()
