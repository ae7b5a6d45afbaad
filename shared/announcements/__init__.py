"""Announcements: what the staff tells everyone, until it expires or is taken back."""
