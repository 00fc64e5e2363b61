"""Simulated locks under the real software of each technology, for tests and the demo."""
