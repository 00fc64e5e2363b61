"""The engine: its parts, its behaviour over time, restarts, faults."""
