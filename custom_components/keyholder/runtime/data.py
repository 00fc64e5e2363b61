"""What an entry has at run time."""

from homeassistant.config_entries import ConfigEntry

from .site import Site

type KeyholderConfigEntry = ConfigEntry[Site]
