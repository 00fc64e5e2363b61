"""Every fault of a Zigbee2MQTT lock, its bridge and its broker, through Home Assistant's MQTT."""
