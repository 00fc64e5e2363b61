"""Real processes: a Home Assistant that is started and spoken to by script."""
