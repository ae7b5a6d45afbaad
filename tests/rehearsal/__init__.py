"""The dress rehearsal."""
