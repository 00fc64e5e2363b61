"""Provider for Zigbee locks of Zigbee2MQTT, through Home Assistant's MQTT integration.

Anybody may publish to a broker, so `messages` decides what is decoded at all, and
`dropped_messages` logs the rest. Messages do not say what they answer, so there are
`topics` (shared subscriptions) and `requests` (which message is the answer). What the
lock supports is in a `description` that the bridge publishes, and `shown_operations`
decodes who used locks that publish no action for it. There are no credentials
to manage apart from users, and no schedules: a code is one message, which the provider
publishes itself.
"""

from .client import check_library
from .provider import Zigbee2MqttProvider

__all__ = ["Zigbee2MqttProvider", "check_library"]
