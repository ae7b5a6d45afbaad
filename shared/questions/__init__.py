"""Questions, their upvotes and replies."""
