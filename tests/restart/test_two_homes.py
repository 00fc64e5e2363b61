"""A Home Assistant ends, orderly or cut off, and another goes on from its storage."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from types import MappingProxyType
from typing import Any

from homeassistant.bootstrap import DATA_REGISTRIES_LOADED
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
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
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.keyholder.const import DOMAIN, SUBENTRY_LOCK, SUBENTRY_PERSON
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.providers.registry import LOADERS
from custom_components.keyholder.runtime.site import Site
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.integration.engine.house import PLATFORM, QUICK, until

ANN = "person-ann"
OLD, NEW, FOREIGN = "907153", "907154", "9011"
SENSOR = "sensor.ann_code_on_front"

type Storage = dict[str, Any]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save the registry at once, and do not wait for minutes."""
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    monkeypatch.setattr("custom_components.keyholder.TIMING", QUICK)


@pytest.fixture
def provider(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> FakeProvider:
    """The one lock, which outlives every Home Assistant; slot 1 is not ours."""
    profile = getattr(request, "param", Profile.READABLE)
    lock = FakeProvider(profile, codes={1: FOREIGN})

    async def load(_hass: HomeAssistant) -> Callable[..., FakeProvider]:
        return lambda *_: lock

    monkeypatch.setitem(LOADERS, PLATFORM, load)
    return lock


@pytest.fixture(autouse=True)
async def built(hass_storage: Storage, provider: FakeProvider) -> None:
    """A home that has had its lock, and Keyholder, for long."""
    async with home(new=True) as hass:
        er.async_get(hass).async_get_or_create(
            "lock", PLATFORM, "front", suggested_object_id="front"
        )


@asynccontextmanager
async def home(*, new: bool = False) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant on what is stored now."""
    async with async_test_home_assistant(load_registries=False) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        # the plugin would load them empty
        dr.async_setup(hass)
        for registry in (ar, cr, dr, er, fr, ir, lr, rs):
            await registry.async_load(hass)
        hass.data[DATA_REGISTRIES_LOADED] = None
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


async def until_state(hass: HomeAssistant, state: str) -> None:
    """Wait until Ann's slot is shown so."""
    await until(
        lambda: (shown := hass.states.get(SENSOR)) is not None and shown.state == state
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


both = pytest.mark.parametrize(
    "provider", [Profile.READABLE, Profile.MASKING], indirect=True
)


@both
async def test_the_second_home_shows_what_the_first_knew_and_writes_nothing(
    hass_storage: Storage, provider: FakeProvider
) -> None:
    async with home() as first:
        await move_in(first)
        await until_state(first, "in_sync")
        known = first.states.get(SENSOR)
        assert known is not None
        await first.async_stop(force=True)
    provider.calls.clear()

    async with home() as second:
        await until_state(second, "in_sync")
        shown = second.states.get(SENSOR)
        assert shown is not None
        for attribute in ("slot", "evidence", "desired"):
            assert shown.attributes[attribute] == known.attributes[attribute]
        # the rest is verified by and by
        await until(lambda: (Call.READ, 2) in provider.calls)

    assert {call for call, _ in provider.calls} <= {Call.PROBE, Call.READ}
    assert provider.codes == {1: FOREIGN, 2: OLD}


@both
@pytest.mark.parametrize(
    ("call", "carried_out"),
    [(Call.READ, False), (Call.WRITE, False), (Call.WRITE, True)],
)
async def test_a_power_cut_while_a_code_is_given_ends_with_the_code_proved(
    hass_storage: Storage, provider: FakeProvider, call: Call, carried_out: bool
) -> None:
    """The power goes while the lock is asked, or just after it has done it."""
    async with home() as first:
        provider.hang(call)
        await move_in(first)
        await until(lambda: any(each is call for each, _ in provider.calls))
        cut = deepcopy(hass_storage)
        if carried_out:
            provider.release()
            await until_state(first, "in_sync")
    hass_storage.clear()
    hass_storage.update(cut)
    provider.release()

    async with home() as second:
        await until_state(second, "in_sync")

    assert provider.codes == {1: FOREIGN, 2: OLD}
    assert no_write_twice_without_a_read(provider)


@both
@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_power_cut_while_a_code_is_taken_away_ends_with_it_gone(
    hass_storage: Storage, provider: FakeProvider, carried_out: bool
) -> None:
    async with home() as first:
        await move_in(first)
        await until_state(first, "in_sync")
        provider.hang(Call.CLEAR)
        set_enabled(first, enabled=False)
        await until(lambda: (Call.CLEAR, 2) in provider.calls)
        cut = deepcopy(hass_storage)
        if carried_out:
            provider.release()
            await until(lambda: provider.codes == {1: FOREIGN})
    hass_storage.clear()
    hass_storage.update(cut)
    provider.release()

    async with home() as second:
        await until(
            lambda: (
                (shown := second.states.get(SENSOR)) is not None
                and shown.state == "in_sync"
                and shown.attributes["desired"] == "absent"
            )
        )
    assert provider.codes == {1: FOREIGN}


@both
async def test_a_power_cut_in_a_change_of_pin_leaves_no_old_pin_and_proves_the_new(
    hass_storage: Storage, provider: FakeProvider
) -> None:
    async with home() as first:
        await move_in(first)
        await until_state(first, "in_sync")
        provider.hang(Call.WRITE)
        await site_of(first).async_set_pin(ANN, Pin(NEW))
        await until(lambda: provider.calls[-1] == (Call.WRITE, 2))
        cut = deepcopy(hass_storage)
    hass_storage.clear()
    hass_storage.update(cut)
    provider.release()

    async with home() as second:
        await until(lambda: provider.codes == {1: FOREIGN, 2: NEW})
        await until_state(second, "in_sync")
    assert no_write_twice_without_a_read(provider)


async def test_a_code_is_no_secret_of_the_registry(
    hass_storage: Storage, provider: FakeProvider
) -> None:
    """Only our own vault may know it: not the registry, not the journal."""
    async with home() as first:
        await move_in(first)
        await until_state(first, "in_sync")
        await first.async_stop(force=True)

    keepers = [key for key, stored in hass_storage.items() if OLD in str(stored)]
    assert [key.rsplit(".", maxsplit=1)[-1] for key in keepers] == ["secrets"]
