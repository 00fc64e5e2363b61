"""Call Home Assistant's MQTT integration; the only module that does.

Subscribing and publishing are its public functions. Also used, although not public: the
discovery that an entity was created from, which it keeps for its debug page
(`debug_info_entities`), the signal of a changed discovery, and
`async_on_subscribe_done`.

It logs the message that made a callback of ours raise, and that may contain a code: so
no callback ever raises.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
import json
from typing import Final

from homeassistant.components import mqtt
from homeassistant.components.mqtt import client, const, discovery, models
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..base import IncompatibleLibraryError, LockUnreachableError, Unsubscribe
from ..library_check import LibraryCall, LibraryName, require
from .messages import RawPayload

type Payload = Mapping[str, object]

_CALLS: Final[tuple[LibraryCall, ...]] = (
    (mqtt, "async_subscribe", 5),
    (mqtt, "async_publish", 5),
    (mqtt, "async_subscribe_connection_status", 2),
    (mqtt, "is_connected", 1),
    (client, "async_on_subscribe_done", 4),
)
_NAMES: Final[tuple[LibraryName, ...]] = (
    (const, "ATTR_DISCOVERY_HASH"),
    (const, "ATTR_DISCOVERY_PAYLOAD"),
    (discovery, "MQTT_DISCOVERY_UPDATED"),
    (models, "DATA_MQTT"),
    (models.MqttData, "debug_info_entities"),
)
_QOS: Final = 0
"""Nothing is delivered twice, and nothing is queued for a broker that is offline."""


def check_library() -> None:
    """Raise IncompatibleLibraryError if the integration lacks something that we use."""
    require("the MQTT integration", _CALLS, _NAMES)


def is_connected(hass: HomeAssistant) -> bool:
    """Return whether Home Assistant is connected to its broker."""
    return models.DATA_MQTT in hass.data and mqtt.is_connected(hass)


def discovery_of(hass: HomeAssistant, entity_id: str) -> Payload | None:
    """Return the discovery payload of an entity, None for an entity without discovery."""
    data = _discovery_data(hass, entity_id)
    payload = data.get(const.ATTR_DISCOVERY_PAYLOAD)
    return payload if isinstance(payload, Mapping) and payload else None


@callback
def async_on_rediscovered(
    hass: HomeAssistant, entity_id: str, then: Callable[[], None]
) -> Unsubscribe:
    """Call back soon after the discovery of an entity has changed."""
    found = _discovery_data(hass, entity_id).get(const.ATTR_DISCOVERY_HASH)
    if not isinstance(found, tuple):
        return lambda: None

    @callback
    def call_soon(_: object) -> None:
        # The entity may receive the same signal after us
        hass.loop.call_soon(then)

    signal = discovery.MQTT_DISCOVERY_UPDATED.format(*found)
    return async_dispatcher_connect(hass, signal, call_soon)


@callback
def async_on_connection(
    hass: HomeAssistant, then: Callable[[bool], None]
) -> Unsubscribe:
    """Call back when the connection to the broker is made or lost."""

    @callback
    def on_changed(connected: bool) -> None:
        then(connected)

    return mqtt.async_subscribe_connection_status(hass, on_changed)


async def async_subscribe(
    hass: HomeAssistant, topic: str, on_message: Callable[[RawPayload, bool], None]
) -> Unsubscribe:
    """Subscribe to a topic; call back with each payload, and whether it was retained.

    A retained message was published at some earlier time. Raises LockUnreachableError if
    MQTT is not set up. No message is lost that is published after `on_confirmed` has
    called back.
    """

    @callback
    def on_received(message: mqtt.ReceiveMessage) -> None:
        on_message(message.payload, bool(message.retain))

    try:
        unsubscribe = await mqtt.async_subscribe(hass, topic, on_received, _QOS, None)
    except HomeAssistantError:
        raise LockUnreachableError("MQTT is not set up") from None

    @callback
    def stop() -> None:
        # After a reload of the integration the subscription has ended already
        with suppress(HomeAssistantError):
            unsubscribe()

    return stop


@callback
def async_on_confirmed(
    hass: HomeAssistant, topic: str, then: Callable[[], None]
) -> Unsubscribe:
    """Call back whenever the broker has confirmed the subscription of a topic just made.

    Soon, if the integration considers it confirmed; see `_Topic` for when that is
    wrong.
    """

    @callback
    def on_done() -> None:
        then()

    # Another subscriber of the same topic may have asked for a higher QoS
    stops = [
        client.async_on_subscribe_done(hass, topic, qos, on_done) for qos in range(3)
    ]

    @callback
    def stop() -> None:
        while stops:
            stops.pop()()

    return stop


async def async_publish(hass: HomeAssistant, topic: str, payload: Payload) -> None:
    """Publish a message; LockUnreachableError if the broker is not connected."""
    failed = False
    try:
        await mqtt.async_publish(hass, topic, json.dumps(payload), _QOS, retain=False)
    except HomeAssistantError, OSError, ValueError:
        # The text of the error may quote the message
        failed = True
    if failed:
        raise LockUnreachableError("the MQTT broker is not connected")


def _discovery_data(hass: HomeAssistant, entity_id: str) -> Payload:
    if models.DATA_MQTT not in hass.data:
        return {}
    known = hass.data[models.DATA_MQTT].debug_info_entities.get(entity_id)
    try:
        data = None if known is None else known["discovery_data"]
    except KeyError:
        raise IncompatibleLibraryError(
            "the MQTT integration keeps no discovery data"
        ) from None
    return data if isinstance(data, Mapping) else {}
