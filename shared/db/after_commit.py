"""What a process does once its transaction is committed, and never does if it is not."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


def after_commit(session: AsyncSession, act: Callable[[], None]) -> None:
    """Call `act` when the session's transaction is committed; never, if it never is."""

    def call(_: Session) -> None:
        act()

    event.listen(session.sync_session, "after_commit", call, once=True)
