"""Runtime data of a config entry: its site and the autolock of its doors."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .autolock_manager import AutolockManager
from .runtime.site.site import Site


@dataclass(frozen=True, slots=True)
class KeyholderData:
    """What `entry.runtime_data` holds while the entry is loaded."""

    site: Site
    autolock: AutolockManager


type KeyholderConfigEntry = ConfigEntry[KeyholderData]
