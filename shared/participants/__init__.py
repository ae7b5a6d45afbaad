"""Participants: the audience. A row appears with the first thing that one of them writes."""
