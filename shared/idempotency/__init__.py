"""Answers of creating POSTs, kept for a day so that a repeated request creates nothing twice."""
