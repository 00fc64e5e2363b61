"""System health information of Keyholder."""

from collections import Counter
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import async_get_integration

from .const import DOMAIN
from .data import KeyholderConfigEntry


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the information callback."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[KeyholderConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    sites = [entry.runtime_data.site for entry in entries]
    locks = [lock for site in sites for lock in site.locks.values()]
    registry = er.async_get(hass)
    technologies = Counter(
        entry.platform
        for lock in locks
        if (entry := registry.async_get(lock.settings.lock)) is not None
    )
    integration = await async_get_integration(hass, DOMAIN)
    return {
        "version": str(integration.version),
        "sites": len(sites),
        "people": sum(len(site.people) for site in sites),
        "locks": len(locks),
        "locks_reachable": sum(lock.data.reachable for lock in locks),
        "locks_with_problem": sum(lock.data.has_problem for lock in locks),
        "technologies": ", ".join(
            f"{platform}: {count}" for platform, count in sorted(technologies.items())
        ),
    }
