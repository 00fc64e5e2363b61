"""Home Assistants that go on from what is stored, one after the other."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import (
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import get_internal_store_manager
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.keyholder.const import (
    CONF_RULE,
    DOMAIN,
    SUBENTRY_LOCK,
    SUBENTRY_PERSON,
)
from custom_components.keyholder.data import KeyholderData
from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE, AccessRule
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.runtime.site.rule_serialization import rule_to_data
from custom_components.keyholder.runtime.site.site import Site
from tests.harness.fakes.provider import Call, FakeProvider
from tests.harness.instances.ha_instances import running_home_assistant
from tests.harness.instances.registries import async_load_registries

ANN, BOB, FRONT = "person-ann", "person-bob", "Front"
NAMES = {ANN: "Ann", BOB: "Bob"}
OLD, NEW, BOBS, FOREIGN = "907153", "907154", "907253", "9011"

type Storage = dict[str, Any]


@asynccontextmanager
async def running_instance(
    *,
    new: bool = False,
    enabled: bool = True,
    folder: str | None = None,
    on_state: Callable[[Event[EventStateChangedData]], None] | None = None,
) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant on what is stored now, with Keyholder unless not `enabled`.

    `folder` is its configuration's; `on_state` hears of states from the very first on.
    """
    async with running_home_assistant(
        load_registries=False,
        initial_state=CoreState.not_running,
        folder=folder,
    ) as hass:
        if on_state is not None:
            hass.bus.async_listen(EVENT_STATE_CHANGED, callback(on_state))
        if folder is not None:
            # it looks once which files there are
            await get_internal_store_manager(hass).async_initialize()
        await async_load_registries(hass)
        if new:
            mock_entry = MockConfigEntry(domain=DOMAIN, title="House")
            mock_entry.add_to_hass(hass)
            # an update saves it
            hass.config_entries.async_update_entry(mock_entry, title="Home")
        else:
            await hass.config_entries.async_initialize()
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        assert await hass.config_entries.async_setup(entry.entry_id) is enabled
        try:
            yield hass
        finally:
            if hass.is_running:
                await hass.async_stop(force=True)


def site_of(hass: HomeAssistant) -> Site:
    """Return the one site."""
    return entry_of(hass).runtime_data.site


def entry_of(hass: HomeAssistant) -> ConfigEntry[KeyholderData]:
    """Return the one entry."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


def subentry(hass: HomeAssistant, unique_id: str) -> ConfigSubentry:
    """Return a person or (`FRONT`) the lock."""
    return next(
        each
        for each in entry_of(hass).subentries.values()
        if unique_id in (each.unique_id, each.title)
    )


def add_lock(hass: HomeAssistant, **more: Any) -> None:
    """Manage the lock."""
    lock = er.async_get(hass).async_get("lock.front")
    assert lock is not None
    _add(hass, SUBENTRY_LOCK, FRONT, f"lock_{lock.id}", {"lock": lock.id, **more})


async def add_person(
    hass: HomeAssistant, person: str, pin: str, rule: AccessRule = UNRESTRICTED_RULE
) -> None:
    """Let somebody have a code on every lock."""
    await site_of(hass).async_set_pin(person, Pin(pin))
    data: dict[str, Any] = {"all_locks": True, "locks": [], "enabled": True}
    if not rule.is_unrestricted:
        data[CONF_RULE] = rule_to_data(rule)
    _add(hass, SUBENTRY_PERSON, NAMES[person], person, data)


def _add(
    hass: HomeAssistant, kind: str, title: str, unique_id: str, data: dict[str, Any]
) -> None:
    hass.config_entries.async_add_subentry(
        entry_of(hass),
        ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=kind,
            title=title,
            unique_id=unique_id,
        ),
    )


def remove(hass: HomeAssistant, unique_id: str) -> None:
    """Delete a person or (`FRONT`) the lock, as the interface does."""
    hass.config_entries.async_remove_subentry(
        entry_of(hass), subentry(hass, unique_id).subentry_id
    )


async def set_up_people(hass: HomeAssistant) -> None:
    """Manage the lock, and let Ann have a code on it."""
    add_lock(hass)
    await add_person(hass, ANN, OLD)


def set_rule(hass: HomeAssistant, rule: AccessRule) -> None:
    """Give Ann another rule."""
    ann = subentry(hass, ANN)
    hass.config_entries.async_update_subentry(
        entry_of(hass), ann, data={**ann.data, CONF_RULE: rule_to_data(rule)}
    )


def set_enabled(hass: HomeAssistant, *, enabled: bool) -> None:
    """Turn Ann's switch."""
    ann = subentry(hass, ANN)
    hass.config_entries.async_update_subentry(
        entry_of(hass), ann, data={**ann.data, "enabled": enabled}
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
