"""Access rules on simulated Z-Wave locks, behind the real driver and Z-Wave JS."""
