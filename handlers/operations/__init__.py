"""What AWS calls by itself: no HTTP."""
