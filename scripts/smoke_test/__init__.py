"""`scripts/smoke`: the walk that says whether a deployment works."""
