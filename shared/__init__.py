"""What more than one handler needs. Never imports handlers (import-linter enforces it)."""
