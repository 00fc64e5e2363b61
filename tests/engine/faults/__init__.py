"""What goes wrong, and what is shown, reported and done about it."""
