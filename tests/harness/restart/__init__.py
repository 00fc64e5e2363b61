"""Home Assistants that follow each other on one disk, and power cuts."""
