"""What Keyholder costs, measured in a Home Assistant with everything that belongs to it."""
