"""A real Home Assistant with Zigbee2MQTT."""
