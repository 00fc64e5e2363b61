"""Faults of Zigbee2MQTT, its broker and its locks."""
