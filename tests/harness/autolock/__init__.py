"""A door in memory for autolock, and its timer by itself."""
