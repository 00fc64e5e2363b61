"""Simulated Z-Wave locks behind the real Z-Wave JS driver and server."""
