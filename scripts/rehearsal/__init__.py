"""The dress rehearsal of a deployment: what `scripts/rehearse` runs."""
