"""A site in Home Assistant, driven as its users do it, on any technology."""
