"""Ovation on one machine: its PostgreSQL, its server, and the supervisor of both."""
