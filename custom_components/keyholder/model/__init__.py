"""Data model: frozen dataclasses and enums. No Home Assistant, no I/O, no decisions."""
