"""Registration of Keyholder's actions."""

from homeassistant.core import HomeAssistant, callback

from . import autolock, people, pins, verify


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions."""
    verify.async_register(hass)
    autolock.async_register(hass)
    people.async_register(hass)
    pins.async_register(hass)
