"""The demo house: a real Home Assistant with Keyholder on simulated Z-Wave locks."""
