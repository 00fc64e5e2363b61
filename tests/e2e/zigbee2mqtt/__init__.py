"""Keyholder in a real Home Assistant, on a lock of Zigbee2MQTT."""
