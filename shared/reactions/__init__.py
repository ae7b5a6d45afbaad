"""Reactions: a clap, a heart, a laugh; counted for the event as a whole."""
