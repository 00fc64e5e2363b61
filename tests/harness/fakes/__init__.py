"""Stand-ins that behave, for the parts that a test does not want for real."""
