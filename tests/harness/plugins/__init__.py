"""Plugins of pytest, registered in tests/conftest.py."""
