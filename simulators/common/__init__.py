"""What the simulators of more than one technology use."""
