"""Time that passes only where nothing else is left to do."""
