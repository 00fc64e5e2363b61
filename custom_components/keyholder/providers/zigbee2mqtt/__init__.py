"""Provider for Zigbee locks of Zigbee2MQTT, through Home Assistant's MQTT integration."""

from .client import check_library
from .provider import Zigbee2MqttProvider

__all__ = ["Zigbee2MqttProvider", "check_library"]
