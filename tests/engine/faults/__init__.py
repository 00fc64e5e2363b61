"""What goes wrong, and what is shown, told and done about it."""
