"""Home Assistants that tests start, stop and cut off."""
