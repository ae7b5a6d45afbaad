"""Announcements of the staff."""
