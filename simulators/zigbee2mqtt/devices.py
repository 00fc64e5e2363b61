"""A lock in Zigbee2MQTT: its name, its options, and its cached state."""

from dataclasses import dataclass, field
import re
from typing import Final

from simulators.zigbee import LockNode

from .converters import Definition, Json, Payload

_NEVER_CACHED: Final = ("action", "action_.*", "elapsed", "transition_time")


@dataclass
class Settings:
    """What is set for all devices of one bridge."""

    last_seen: bool = False
    cache_state: bool = True
    availability: bool = True
    device_options: dict[str, Json] = field(default_factory=dict)
    unique_base: str | None = None
    """The base topic that is in unique ids, where it is not the real one."""
    stick: str = "0x00212effff003344"
    """The address of the stick, which is that of the bridge."""


@dataclass
class Device:
    """One lock. `options` are those of the device alone."""

    node: LockNode
    name: str = "Front door"
    definition: Definition = field(default_factory=Definition)
    options: dict[str, Json] = field(default_factory=dict)
    cache: Payload = field(default_factory=dict, repr=False)
    available: bool = True

    @property
    def ieee(self) -> str:
        """Return the address as it is written."""
        return f"0x{self.node.identity.ieee:016x}"

    def option(self, settings: Settings, name: str) -> Json:
        """Return an option of the device, else that of all devices."""
        return self.options.get(name, settings.device_options.get(name))

    def merge(self, settings: Settings, update: Payload) -> Payload:
        """Return the state with an update, and keep what may be kept of it."""
        state = deep_merged(self.cache, update)
        filtered = self.option(settings, "filtered_cache")
        unwanted = [*_NEVER_CACHED]
        if isinstance(filtered, list):
            unwanted += [str(each) for each in filtered]
        self.cache = {
            key: value
            for key, value in state.items()
            if not any(re.fullmatch(each, key) for each in unwanted)
        }
        return state if settings.cache_state else dict(update)


def deep_merged(old: Payload, update: Payload) -> Payload:
    """Return objects merged at every depth; nothing that is only in the old goes."""
    merged = dict(old)
    for key, value in update.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = deep_merged(known, value)
        else:
            merged[key] = value
    return merged
