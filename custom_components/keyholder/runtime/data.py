"""Type of our config entry: `runtime_data` is a `Site`."""

from homeassistant.config_entries import ConfigEntry

from .site import Site

type KeyholderConfigEntry = ConfigEntry[Site]
