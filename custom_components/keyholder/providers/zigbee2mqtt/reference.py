"""Resolve a lock entity to its MQTT topics, anew for every call.

Locks are renamed, in Home Assistant and in Zigbee2MQTT; there may be several bridges,
each with its own base topic. Only the id of the entity's registry entry stays the same.
The topics are those of the discovery that the entity was last updated from. Anybody who
can publish can change it, so it leads to the accepted address or nowhere.
"""

from dataclasses import replace

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant

from ...model.provider_io import UNKNOWN_ADDRESS
from ..base import IncompatibleLibraryError, LockUnreachableError, NotSupportedError
from ..entity_reference import EntityReference
from .client import discovery_of, is_connected
from .target import LockTopics, topics_of


class Zigbee2MqttLockReference(EntityReference):
    """Resolves one lock to its topics."""

    def resolve(self) -> LockTopics:
        """Return the current topics; LockUnreachableError if they are not known.

        Raises AddressChangedError if the device or the base topic is another than the
        accepted one, NotSupportedError for an MQTT lock without Zigbee2MQTT. Topics of an
        unavailable lock are returned too: only a command can bring it back.
        """
        try:
            topics = self._resolve()
        except NotSupportedError:
            self.check_address(UNKNOWN_ADDRESS)
            raise
        self.check_topics(topics, bridge=None)
        return topics

    def check_topics(self, topics: LockTopics, bridge: str | None) -> None:
        """Raise AddressChangedError if topics are not those of the accepted address.

        `bridge` is the address of the bridge, None where it is not known: then the
        accepted one is assumed.
        """
        if bridge is None:
            accepted = self.accepted_address
            bridge = "" if accepted is None else accepted.bridge
        self.check_address(replace(topics.lock_address, bridge=bridge))

    def _resolve(self) -> LockTopics:
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
        return topics_of(found)

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


def _is_restored(hass: HomeAssistant, entity_id: str) -> bool:
    state = hass.states.get(entity_id)
    return state is not None and bool(state.attributes.get("restored"))
