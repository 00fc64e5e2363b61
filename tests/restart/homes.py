"""Home Assistants that go on from what is stored, one after the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

from homeassistant.bootstrap import DATA_REGISTRIES_LOADED
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
    restore_state as rs,
)
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.keyholder.const import DOMAIN, SUBENTRY_LOCK, SUBENTRY_PERSON
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.runtime.site import Site
from tests.fakes.provider import Call, FakeProvider

ANN = "person-ann"
OLD, NEW, FOREIGN = "907153", "907154", "9011"

type Storage = dict[str, Any]


@asynccontextmanager
async def home(*, new: bool = False) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant on what is stored now."""
    async with async_test_home_assistant(
        load_registries=False, initial_state=CoreState.not_running
    ) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        # the plugin would load them empty
        dr.async_setup(hass)
        for registry in (ar, cr, dr, er, fr, ir, lr, rs):
            await registry.async_load(hass)
        hass.data[DATA_REGISTRIES_LOADED] = None
        # only now, or the device registry leaves its own timer behind
        hass.set_state(CoreState.running)
        if new:
            mock_entry = MockConfigEntry(domain=DOMAIN, title="House")
            mock_entry.add_to_hass(hass)
            # an update saves it
            hass.config_entries.async_update_entry(mock_entry, title="Home")
        else:
            await hass.config_entries.async_initialize()
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        assert await hass.config_entries.async_setup(entry.entry_id)
        try:
            yield hass
        finally:
            if hass.is_running:
                await hass.async_stop(force=True)


def site_of(hass: HomeAssistant) -> Site:
    """Return the one site."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    site: Site = entry.runtime_data
    return site


async def move_in(hass: HomeAssistant) -> None:
    """Manage the lock, and let Ann have a code on it."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    lock = er.async_get(hass).async_get("lock.front")
    assert lock is not None
    subentries: list[tuple[str, str, str, dict[str, Any]]] = [
        (SUBENTRY_LOCK, "Front", f"lock_{lock.id}", {"lock": lock.id}),
        (
            SUBENTRY_PERSON,
            "Ann",
            ANN,
            {"all_locks": True, "locks": [], "enabled": True},
        ),
    ]
    await site_of(hass).async_set_pin(ANN, Pin(OLD))
    for kind, title, unique_id, data in subentries:
        hass.config_entries.async_add_subentry(
            entry,
            ConfigSubentry(
                data=MappingProxyType(data),
                subentry_type=kind,
                title=title,
                unique_id=unique_id,
            ),
        )


def set_enabled(hass: HomeAssistant, *, enabled: bool) -> None:
    """Turn Ann's switch."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    ann = next(each for each in entry.subentries.values() if each.unique_id == ANN)
    hass.config_entries.async_update_subentry(
        entry, ann, data={**ann.data, "enabled": enabled}
    )


def no_write_twice_without_a_read(provider: FakeProvider) -> bool:
    """Return whether every second write to a slot came after a look at it."""
    written: set[int | None] = set()
    for call, slot in provider.calls:
        if call is Call.READ:
            written.discard(slot)
        elif call is Call.WRITE:
            if slot in written:
                return False
            written.add(slot)
    return True
