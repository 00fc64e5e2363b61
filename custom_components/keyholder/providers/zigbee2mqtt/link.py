"""The way from a lock entity to its topics, found anew for every call.

Locks get renamed, in Home Assistant and in Zigbee2MQTT; there may be several bridges, each
with a base topic of its own. Only the id of the entity's registry entry stays. The topics
are those of the discovery that the entity was made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant

from ..base import IncompatibleLibraryError, LockUnreachableError, NotSupportedError
from ..entity_link import EntityReference
from .library import discovery_of, is_connected

_BRIDGE_STATE: Final = "/bridge/state"
_SET: Final = "/set"
_IDENTIFIER: Final = "zigbee2mqtt_"


@dataclass(frozen=True, slots=True)
class LockTopics:
    """The topics of a lock. `bridge` is that of the bridge, as `zigbee2mqtt/bridge`.

    `address` is the lock's in the Zigbee network, as Zigbee2MQTT writes it.
    """

    bridge: str
    state: str
    commands: str
    address: str | None = None

    @property
    def set(self) -> str:
        """Return where commands are sent."""
        return f"{self.commands}/set"

    @property
    def get(self) -> str:
        """Return where questions are asked."""
        return f"{self.commands}/get"

    @property
    def name(self) -> str:
        """Return the lock's name in Zigbee2MQTT."""
        return self.state.removeprefix(self.bridge.removesuffix("bridge"))


class Zigbee2MqttLockReference(EntityReference):
    """Finds the topics of one lock."""

    def resolve(self) -> LockTopics:
        """Return the topics as they are now; LockUnreachable if they are not known.

        NotSupported for a lock that is on MQTT without Zigbee2MQTT. Also of a lock that
        is thought unavailable: only trying can bring it back.
        """
        lock = self._lock()
        if lock is None:
            raise LockUnreachableError("the lock entity is gone")
        if lock.disabled or self._loaded_entry() is None:
            raise LockUnreachableError("the lock entity is not in use")
        found = discovery_of(self._hass, lock.entity_id)
        if found is None:
            if self._hass.states.get(lock.entity_id) is None:
                raise LockUnreachableError("the lock is not discovered yet")
            if _is_restored(self._hass, lock.entity_id):
                raise LockUnreachableError("the lock is not discovered yet")
            raise NotSupportedError("the lock is not there by discovery")
        return _way(found)

    def is_open(self) -> bool:
        """Return whether the lock can be spoken to, as far as is known.

        Home Assistant's own entity goes by the states of the bridge and of the lock, in
        whichever form they are told.
        """
        if not is_connected(self._hass):
            return False
        try:
            self.resolve()
        except LockUnreachableError, NotSupportedError:
            return False
        except IncompatibleLibraryError:
            # Who asks is told
            return True
        entity_id = self.entity_id
        state = None if entity_id is None else self._hass.states.get(entity_id)
        return state is not None and state.state != STATE_UNAVAILABLE


def _way(payload: Mapping[str, object]) -> LockTopics:
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
    """Return the topics of bridges that the entity's availability depends on."""
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
