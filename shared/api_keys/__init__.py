"""Organizers and the API keys that they use."""
