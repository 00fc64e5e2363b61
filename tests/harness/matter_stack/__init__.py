"""The fake and the real Matter lock, side by side."""
