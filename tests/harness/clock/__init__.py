"""Clocks that tests move: a virtual event loop, and a shifted one."""
