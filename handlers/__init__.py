"""One HTTP endpoint per module. Never import each other; `handlers.app` composes them."""

from shared.http.garbage import start_without_collections

# Before an endpoint loads anything.
start_without_collections()
