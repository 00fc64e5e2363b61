"""Doors that lock themselves again: a store, a scheduler, a timer, and their guard."""
