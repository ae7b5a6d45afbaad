"""Members of an event."""
