"""Codes that are switched off instead of cleared."""
