"""One HTTP endpoint per module. Never import each other; `handlers.app` composes them."""

from shared.http.cold_start import begin_cold_start

# Before an endpoint loads anything.
begin_cold_start()
