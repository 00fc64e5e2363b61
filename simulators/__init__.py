"""Real lock driver stacks on simulated hardware, for the tests and the demo."""
