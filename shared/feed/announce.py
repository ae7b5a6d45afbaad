"""Telling this process that a feed has changed, once the change is committed.

Whoever keeps a feed's bytes forgets them then: a host sees at once what the same process published.
Other processes see it when what they keep has aged, as clients and CDNs do.
"""

from collections.abc import Callable
from uuid import UUID

_listeners: list[Callable[[UUID], None]] = []


def on_feed_changed(listener: Callable[[UUID], None]) -> None:
    """Call `listener` with the event's id after each commit that changed its feed."""
    _listeners.append(listener)


def announce(event_id: UUID) -> None:
    """Tell the listeners that a change of the event's feed is committed."""
    for listener in _listeners:
        listener(event_id)
