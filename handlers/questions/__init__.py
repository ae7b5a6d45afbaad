"""Questions, upvotes and replies."""
