"""`scripts/bench`: each figure beside what limits it, measured in turn in one run."""
