"""Tests of the fake Zigbee2MQTT and its broker; they say nothing of the product."""
