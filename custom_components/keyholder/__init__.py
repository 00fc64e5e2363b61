"""Keyholder: manages people's codes on door locks, and verifies them by reading back.

A config entry is a site. Its subentries are locks and people.
"""

from contextlib import suppress

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .autolock_manager import AutolockManager
from .const import DOMAIN
from .data import KeyholderConfigEntry, KeyholderData
from .devices import async_manage_devices
from .event_bus import async_forward_events
from .model.timing import Timing
from .notifications import Notifications
from .removal_notification import async_notify_left_codes
from .repairs.issue_tracker import async_track_issues
from .runtime.site.site import Site
from .runtime.site.site_removal import async_remove_site
from .runtime.storage.durable_store import StorageError
from .runtime.storage.removed_sites import RemovedSites
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.SWITCH,
)

TIMING = Timing()
"""Timeouts and intervals of every site that is set up from now on.

Of the module and not of an entry: nobody configures them, and tests and simulators
replace them before Home Assistant, and with it any entry, exists.
"""


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, and forget old sites: both belong to no config entry."""
    async_setup_services(hass)
    with suppress(StorageError):  # the next start tries again
        await RemovedSites(hass).async_prune()
    return True


async def async_setup_entry(hass: HomeAssistant, entry: KeyholderConfigEntry) -> bool:
    """Set up a site from stored data. Locks are contacted afterwards, not during setup."""
    site = Site(hass, entry, TIMING)
    await site.async_start()
    autolock = AutolockManager(hass, site)
    entry.runtime_data = KeyholderData(site, autolock)
    await autolock.async_start()
    Notifications(hass, entry).async_start()
    async_manage_devices(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_track_issues(hass, entry)
    async_forward_events(hass, entry)
    entry.async_on_unload(entry.add_update_listener(_async_update_listener))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: KeyholderConfigEntry) -> bool:
    """Unload the site; codes stay on the locks."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.autolock.async_stop()
        await entry.runtime_data.site.async_stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the stored data, and tell which codes stay on the locks."""
    codes = await async_remove_site(hass, entry)
    async_notify_left_codes(hass, entry, codes)
    await AutolockManager.async_remove(hass, entry.entry_id)


async def _async_update_listener(
    hass: HomeAssistant, entry: KeyholderConfigEntry
) -> None:
    """Apply added, changed and removed subentries without a reload."""
    entry.runtime_data.site.async_correct_names()
    await entry.runtime_data.site.async_sync()
    await entry.runtime_data.autolock.async_sync()
