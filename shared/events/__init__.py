"""Events: what an organizer makes, and everything else belongs to."""
