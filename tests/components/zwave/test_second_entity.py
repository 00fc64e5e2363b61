"""A Z-Wave lock of which Home Assistant has two lock entities."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from tests.harness.site.flow_driver import start, submit
from tests.harness.site.zwave import ZWaveSite
from tests.harness.site.zwave_locks import PLAIN, WEEK

pytestmark = pytest.mark.simulator


def second_entity(hass: HomeAssistant, lock: er.RegistryEntry) -> er.RegistryEntry:
    """Return an entity as Home Assistant makes of Lock CC beside Door Lock CC."""
    return er.async_get(hass).async_get_or_create(
        "lock",
        "zwave_js",
        f"{lock.unique_id}-locked",
        config_entry=hass.config_entries.async_get_entry(lock.config_entry_id or ""),
        device_id=lock.device_id,
    )


async def test_the_second_entity_is_refused_and_the_managed_one_named(
    hass: HomeAssistant, site: ZWaveSite
) -> None:
    """Clause 16.17."""
    await site.manage(PLAIN)
    first = site.network.lock_entity(PLAIN)
    second = second_entity(hass, first)
    form = await start(hass, site.entry, "lock")

    refused = await submit(hass, form, lock=second.entity_id)

    assert refused["errors"] == {"lock": "same_lock"}
    placeholders = refused["description_placeholders"] or {}
    assert placeholders["entity"] == first.entity_id

    other = second_entity(hass, site.network.lock_entity(WEEK))
    added = await submit(hass, refused, lock=other.entity_id)
    assert added["type"] == "create_entry"
