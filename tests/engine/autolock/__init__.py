"""Autolock of one door, on virtual time."""
