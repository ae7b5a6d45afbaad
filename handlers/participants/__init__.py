"""Participants, as the staff deals with them."""
