"""Tests of Keyholder, from pure functions to real processes."""
