"""How much of the bursty traffic the Lambda functions take, and how the listener is told."""
