"""What the fake Matter server and the real stack have in common."""
