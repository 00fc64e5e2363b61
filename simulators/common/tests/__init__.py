"""Tests of what the simulators share; they say nothing of the product."""
