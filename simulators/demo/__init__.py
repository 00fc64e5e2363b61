"""Demo: a real Home Assistant with Keyholder on simulated locks of three technologies."""
