"""What the real Z-Wave stack takes, from a PIN to its proof. No radio slows it here."""
# ruff: noqa: T201 - script/bench prints

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.runtime.site import Site
from tests.fixtures.zwave import ZWaveNetwork
from tests.integration.engine.house import until
from tests.integration.surface import add_lock, add_person

pytestmark = pytest.mark.simulator
NODE = 3
"""A lock of User Code version 2 that shows its codes, with one slot taken of ten."""
CODES = 9
OPERATIONS_PER_CODE = 6
"""A look by the form, a look and a write by the engine, and the proof; and to spare."""


@pytest.fixture
async def site(
    hass: HomeAssistant,
    zwave_network: ZWaveNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Site]:
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    await zwave_network.reset(NODE)
    await zwave_network.settle(NODE)
    entry = MockConfigEntry(domain=DOMAIN, title="Home")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await add_lock(hass, entry, zwave_network.lock_entity(NODE))
    yield entry.runtime_data
    await hass.config_entries.async_unload(entry.entry_id)
    await zwave_network.reset(NODE)


def is_proven(site: Site, codes: int) -> bool:
    (lock,) = site.locks.values()
    views = lock.data.slots.values()
    return (
        lock.is_idle
        and len(views) == codes
        and all(view.state == "in_sync" for view in views)
    )


async def test_one_pin_and_a_full_lock_on_the_real_stack(
    hass: HomeAssistant, site: Site, zwave_network: ZWaveNetwork
) -> None:
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    assert isinstance(entry, MockConfigEntry)
    await zwave_network.operations(NODE)
    await add_person(hass, entry, "Ann", "907153")
    began = perf_counter()
    await until(lambda: is_proven(site, 1))
    first = perf_counter() - began
    operations = await zwave_network.operations(NODE)
    began = perf_counter()
    await site.async_set_pin(next(iter(site.people)), Pin("907154"))
    await asyncio.sleep(0)  # it is published a turn later
    await until(lambda: is_proven(site, 1))
    changed = perf_counter() - began
    assert "907154" in (await zwave_network.codes(NODE)).values()
    edited = await zwave_network.operations(NODE)

    began = perf_counter()
    for number in range(1, CODES):
        await add_person(hass, entry, f"Person {number}", f"92{number:04}")
    await until(lambda: is_proven(site, CODES), seconds=60)
    all_of_them = perf_counter() - began
    made = await zwave_network.operations(NODE)

    print(f"\na new person, proven after {first:.2f} s: {operations} radio operations")
    print(f"a changed PIN, proven after {changed:.2f} s: {edited} radio operations")
    print(
        f"{CODES - 1} more, proven after {all_of_them:.2f} s: {made} radio operations"
    )
    assert edited == 2
    assert made <= OPERATIONS_PER_CODE * (CODES - 1)
