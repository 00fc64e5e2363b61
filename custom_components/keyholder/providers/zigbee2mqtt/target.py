"""Target of a lock of Zigbee2MQTT: its MQTT topics, taken from the discovery. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ...model.provider_io import LockAddress
from ..base import NotSupportedError

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

    @property
    def base(self) -> str:
        """Return the base topic of the bridge."""
        return self.bridge.removesuffix("/bridge")

    @property
    def lock_address(self) -> LockAddress:
        """Return the IEEE address, else the topic, and the endpoint if commands name one.

        The route is the base topic. The friendly name is no part of it: the bridge says
        which device has it. So the bridge, which only it knows itself, is empty here.
        """
        endpoint = self.commands.removeprefix(self.state).strip("/")
        route = f"{self.base} {endpoint}".strip()
        return LockAddress(self.address or self.state, endpoint, route)


def topics_of(payload: Mapping[str, object]) -> LockTopics:
    """Return the topics of a discovery payload; NotSupportedError if it is of another lock."""
    state, command = payload.get("state_topic"), payload.get("command_topic")
    bridge = next((each for each in _availabilities(payload)), None)
    if not isinstance(state, str) or not isinstance(command, str) or bridge is None:
        raise NotSupportedError("the lock is not one of Zigbee2MQTT")
    base = bridge.removesuffix("bridge")
    commands, found, _ = command.rpartition(_SET)
    is_own = commands == state or commands.startswith(f"{state}/")
    if not found or not state.startswith(base) or not is_own:
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
