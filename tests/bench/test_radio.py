"""What the real Z-Wave stack takes, from a PIN to its proof. No radio slows it here."""
# ruff: noqa: T201 - script/bench prints

import asyncio
from collections.abc import AsyncIterator, Iterator
import os
from time import perf_counter

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.runtime.site.site import Site
from simulators.zwave.answers import Counts
from simulators.zwave.network_process import NETWORKS, NetworkProcess
from tests.harness.doc_tables import render_table, write_table
from tests.harness.networks.shared_simulators import shared
from tests.harness.networks.zwave import ZWaveNetwork
from tests.harness.site.flow_driver import add_lock, add_person
from tests.harness.waiting import wait_for

pytestmark = pytest.mark.simulator
NODE = 2
"""A lock of User Code version 2 that shows its codes, with one slot taken of forty."""
CODES = 30


@pytest.fixture(scope="module")
def zwave_rig(request: pytest.FixtureRequest) -> Iterator[NetworkProcess]:
    """A network of one lock with room for everybody."""
    with shared(request, NetworkProcess(NETWORKS / "bench.json")) as rig:
        yield rig


@pytest.fixture(scope="module")
def reported() -> Iterator[list[tuple[str, ...]]]:
    """Collect what was measured; it is printed at the end, or documented."""
    rows: list[tuple[str, ...]] = []
    yield rows
    table = render_table(["", "proven after", "writes", "reads"], rows)
    print(f"\n{table}")
    if os.environ.get("KEYHOLDER_BENCH_DOCS") == "1":
        write_table("performance.md", "radio", table)


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    zwave_network: ZWaveNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[MockConfigEntry]:
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    await zwave_network.reset(NODE)
    await zwave_network.settle(NODE)
    entry = MockConfigEntry(domain=DOMAIN, title="Home")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


def is_proven(site: Site, codes: int) -> bool:
    (lock,) = site.locks.values()
    views = lock.data.slots.values()
    return (
        lock.is_idle
        and len(views) == codes
        and all(view.state == "in_sync" for view in views)
    )


async def counted(zwave_network: ZWaveNetwork) -> Counts:
    """Return what the lock was asked since it was last counted."""
    counts = await asyncio.to_thread(zwave_network.rig.counts, NODE)
    await asyncio.to_thread(zwave_network.rig.reset_counts, NODE)
    return counts


def _row(what: str, seconds: float, made: Counts) -> tuple[str, ...]:
    return what, f"{seconds:.1f} s", str(made["writes"]), str(made["reads"])


async def test_a_typed_pin_is_proven_after_few_operations(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    zwave_network: ZWaveNetwork,
    reported: list[tuple[str, ...]],
) -> None:
    site: Site = entry.runtime_data.site
    await add_lock(hass, entry, zwave_network.lock_entity(NODE))
    await counted(zwave_network)

    began = perf_counter()
    await add_person(hass, entry, "Ann", "907153")
    await wait_for(lambda: is_proven(site, 1))
    took = perf_counter() - began
    made = await counted(zwave_network)
    reported.append(_row("a new person, typed into the dialog", took, made))
    # the taken slot and the free one, for the form; the free one, and the proof
    assert (made["writes"], made["clears"]) == (1, 0)
    assert made["reads"] <= 4

    began = perf_counter()
    await site.async_set_pin(next(iter(site.people)), Pin("907154"))
    await asyncio.sleep(0)  # it is published a turn later
    await wait_for(lambda: is_proven(site, 1))
    took = perf_counter() - began
    made = await counted(zwave_network)
    reported.append(_row("a changed PIN", took, made))
    assert "907154" in (await zwave_network.codes(NODE)).values()
    assert (made["writes"], made["reads"], made["clears"]) == (1, 1, 0)


async def test_thirty_codes_on_one_lock_are_a_write_and_two_reads_each(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    zwave_network: ZWaveNetwork,
    reported: list[tuple[str, ...]],
) -> None:
    site: Site = entry.runtime_data.site
    for number in range(CODES):
        await add_person(hass, entry, f"Person {number}", f"92{number:04}")
    lock = zwave_network.lock_entity(NODE)
    await counted(zwave_network)

    began = perf_counter()
    await add_lock(hass, entry, lock)
    await wait_for(lambda: bool(site.locks) and is_proven(site, CODES), seconds=120)
    took = perf_counter() - began
    made = await counted(zwave_network)
    reported.append(_row(f"{CODES} codes on a new lock", took, made))
    assert len(await zwave_network.codes(NODE)) == CODES + 1
    assert (made["writes"], made["clears"]) == (CODES, 0)
    # and one for the slot that somebody else has
    assert made["reads"] <= 2 * CODES + 1
