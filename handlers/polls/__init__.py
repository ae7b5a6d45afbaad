"""Polls and votes."""
