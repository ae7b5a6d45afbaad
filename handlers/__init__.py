"""One HTTP endpoint per module. Never import each other; `handlers.app` composes them."""
