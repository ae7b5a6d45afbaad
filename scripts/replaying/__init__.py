"""Rebuilding what an event's audience saw, from the event's history. Standard library only."""
