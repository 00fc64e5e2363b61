"""What the fake Matter server is held to."""
