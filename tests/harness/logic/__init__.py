"""The reducer on a simulated lock, without an event loop."""
