"""Keyholder in a real Home Assistant, on a real Matter stack."""
