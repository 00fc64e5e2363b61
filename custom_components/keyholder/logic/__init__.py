"""The decisions: pure functions from model and time to model. No Home Assistant, no I/O."""
