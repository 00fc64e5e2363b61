"""Faults of Z-Wave locks, many of them in one network."""
