"""A provider and its lock, seen from both ends, on any technology."""
