"""Decisions: pure functions of model objects and time. No Home Assistant, no I/O."""
