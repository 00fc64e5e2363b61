"""Faults of Matter locks and their server."""
