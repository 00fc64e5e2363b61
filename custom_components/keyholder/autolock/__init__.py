"""Autolock of one lock: timer store, scheduler, timer and controller."""
