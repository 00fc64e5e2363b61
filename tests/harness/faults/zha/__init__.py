"""Faults of Zigbee locks under ZHA."""
