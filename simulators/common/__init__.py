"""Code shared by the simulators of several technologies."""
