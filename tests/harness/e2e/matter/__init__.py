"""A real Home Assistant on a real Matter stack."""
