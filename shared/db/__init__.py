"""Engines, sessions, retries and group commit: how Ovation reaches PostgreSQL."""
