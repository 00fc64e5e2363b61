"""Two Home Assistants in a row on the same storage."""
