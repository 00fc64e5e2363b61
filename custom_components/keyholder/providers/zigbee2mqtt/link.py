"""Resolve a lock entity to its MQTT topics, anew for every call.

Locks are renamed, in Home Assistant and in Zigbee2MQTT; there may be several bridges,
each with its own base topic. Only the id of the entity's registry entry stays the same.
The topics are those of the discovery that the entity was created from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant

from ..base import IncompatibleLibraryError, LockUnreachableError, NotSupportedError
from ..entity_reference import EntityReference
from .library import discovery_of, is_connected

_BRIDGE_STATE: Final = "/bridge/state"
_SET: Final = "/set"
_IDENTIFIER: Final = "zigbee2mqtt_"


@dataclass(frozen=True, slots=True)
class LockTopics:
    """The topics of a lock. `bridge` is that of the bridge, such as `zigbee2mqtt/bridge`.

    `address` is the lock's IEEE address, as Zigbee2MQTT writes it.
    """

    bridge: str
    state: str
    commands: str
    address: str | None = None

    @property
    def set(self) -> str:
        """Return the topic for commands."""
        return f"{self.commands}/set"

    @property
    def get(self) -> str:
        """Return the topic for reads."""
        return f"{self.commands}/get"

    @property
    def name(self) -> str:
        """Return the friendly name of the lock in Zigbee2MQTT."""
        return self.state.removeprefix(self.bridge.removesuffix("bridge"))


class Zigbee2MqttLockReference(EntityReference):
    """Resolves one lock to its topics."""

    def resolve(self) -> LockTopics:
        """Return the current topics; LockUnreachableError if they are not known.

        Raises NotSupportedError for an MQTT lock without Zigbee2MQTT. Topics of an
        unavailable lock are returned too: only a command can bring it back.
        """
        lock = self._lock()
        if lock is None:
            raise LockUnreachableError("the lock entity is removed")
        if lock.disabled or self._loaded_entry() is None:
            raise LockUnreachableError("the lock entity is disabled or not loaded")
        found = discovery_of(self._hass, lock.entity_id)
        if found is None:
            if self._hass.states.get(lock.entity_id) is None:
                raise LockUnreachableError("the lock is not discovered yet")
            if _is_restored(self._hass, lock.entity_id):
                raise LockUnreachableError("the lock is not discovered yet")
            raise NotSupportedError("the lock was not created by MQTT discovery")
        return _topics_of(found)

    def is_reachable(self) -> bool:
        """Return whether the lock is reachable, as far as is known.

        Home Assistant's entity follows the availability of the bridge and of the lock,
        in whichever format they are published.
        """
        if not is_connected(self._hass):
            return False
        try:
            self.resolve()
        except LockUnreachableError, NotSupportedError:
            return False
        except IncompatibleLibraryError:
            # The next call raises the error
            return True
        entity_id = self.entity_id
        state = None if entity_id is None else self._hass.states.get(entity_id)
        return state is not None and state.state != STATE_UNAVAILABLE


def _topics_of(payload: Mapping[str, object]) -> LockTopics:
    state, command = payload.get("state_topic"), payload.get("command_topic")
    bridge = next((each for each in _availabilities(payload)), None)
    if not isinstance(state, str) or not isinstance(command, str) or bridge is None:
        raise NotSupportedError("the lock is not one of Zigbee2MQTT")
    base = bridge.removesuffix("bridge")
    commands, found, _ = command.rpartition(_SET)
    if not found or not state.startswith(base) or not commands.startswith(state):
        raise NotSupportedError("the lock is not one of Zigbee2MQTT")
    return LockTopics(bridge, state, commands, _address(payload))


def _address(payload: Mapping[str, object]) -> str | None:
    device = payload.get("device")
    identifiers = device.get("identifiers") if isinstance(device, Mapping) else None
    for each in identifiers if isinstance(identifiers, list) else []:
        if isinstance(each, str) and each.startswith(_IDENTIFIER):
            return each.removeprefix(_IDENTIFIER)
    return None


def _availabilities(payload: Mapping[str, object]) -> list[str]:
    """Return the topics of bridges in the availability of the entity."""
    listed = payload.get("availability")
    topics = [
        each.get("topic")
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, Mapping)
    ]
    return [
        topic.removesuffix("/state")
        for topic in topics
        if isinstance(topic, str) and topic.endswith(_BRIDGE_STATE)
    ]


def _is_restored(hass: HomeAssistant, entity_id: str) -> bool:
    state = hass.states.get(entity_id)
    return state is not None and bool(state.attributes.get("restored"))
