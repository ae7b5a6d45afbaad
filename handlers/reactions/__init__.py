"""Reactions of the audience."""
