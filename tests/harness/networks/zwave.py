"""A simulated Z-Wave network, and Home Assistant's own Z-Wave JS connected to it.

One simulator process for the session. Everything about it blocks, so tests that run in an
event loop use it through `ZWaveNetwork`, which calls it in a thread. Before each test that
may use it a simulator that is not healthy is replaced: see `shared_rigs`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
import logging
from time import monotonic
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulators.zwave.answers import Truth
from simulators.zwave.network_process import NETWORKS, NetworkProcess
from tests.harness.networks.shared_simulators import shared
from tests.harness.waiting import PATIENCE

HOME_ID = 2119630850
"""Of the network in test.json."""
TIME_ZONE = "US/Pacific"
"""Of every Home Assistant in these tests, and so of the driver as well."""


@dataclass(frozen=True)
class ZWaveNetwork:
    """The simulated network as Home Assistant's Z-Wave JS shows it."""

    hass: HomeAssistant
    rig: NetworkProcess
    entry: MockConfigEntry

    def lock_entity(self, node: int) -> er.RegistryEntry:
        """Return the registry entry of a node's lock entity."""
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            ("zwave_js", f"{HOME_ID}-{node}"), self.entry.entry_id
        )
        assert device is not None
        (lock,) = (
            entity
            for entity in er.async_entries_for_device(
                er.async_get(self.hass), device.id
            )
            if entity.domain == "lock"
        )
        return lock

    async def truth(self, node: int) -> Truth:
        """Return what is really in a lock."""
        return await asyncio.to_thread(self.rig.truth, node)

    async def codes(self, node: int) -> dict[int, str]:
        """Return the codes that are really in a lock."""
        held = (await self.truth(node))["codes"]
        return {slot: code["code"] for slot, code in held.items()}

    async def act(self, node: int, do: str, **details: int | str) -> None:
        """Do something at the door."""
        await asyncio.to_thread(lambda: self.rig.act(node, do, **details))

    async def faults(self, node: int, **faults: bool | int | str) -> None:
        """Change what is wrong with a lock."""
        await asyncio.to_thread(lambda: self.rig.faults(node, **faults))

    async def reset(self, node: int) -> None:
        """Take a lock back to what the network file says."""
        await asyncio.to_thread(self.rig.reset, node)

    async def operations(self, node: int) -> int:
        """Return how many commands the lock received since they were last counted."""
        counts = await asyncio.to_thread(self.rig.counts, node)
        await asyncio.to_thread(self.rig.reset_counts, node)
        return sum(
            (counts["reads"], counts["writes"], counts["clears"], counts["other"])
        )

    async def settle(self, node: int) -> None:
        """Wait until all that the lock has sent so far has been handled here.

        Reports keep their order on the way, so a last one is sent and waited for.
        """
        client = self.entry.runtime_data.client
        seen = asyncio.Event()
        unsubscribe = client.driver.controller.nodes[node].on(
            "value updated",
            lambda event: seen.set() if event["value"].command_class == 128 else None,
        )
        await self.act(node, "battery", level=50)
        await asyncio.wait_for(seen.wait(), PATIENCE)
        unsubscribe()

    async def drop_connection(self) -> None:
        """Drop the websocket, and come back as soon as Home Assistant tries again."""
        await asyncio.to_thread(self.rig.restart_server)
        await self.wait_until_loaded()

    async def reload(self) -> None:
        """Reload the Z-Wave JS entry."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.wait_until_loaded()

    async def wait_until_loaded(self) -> None:
        """Wait for the entry; where it would wait before it tries again, do not."""
        deadline = monotonic() + PATIENCE
        while self.entry.state is not ConfigEntryState.LOADED:
            assert monotonic() < deadline, f"Z-Wave JS is {self.entry.state}"
            if self.entry.state in (
                ConfigEntryState.SETUP_RETRY,
                ConfigEntryState.NOT_LOADED,
            ):
                await self.hass.config_entries.async_reload(self.entry.entry_id)
            await asyncio.sleep(0.005)


@pytest.fixture(scope="session")
def zwave_rig(request: pytest.FixtureRequest) -> Iterator[NetworkProcess]:
    """The test network, one process for the whole session."""
    with shared(
        request, NetworkProcess(NETWORKS / "test.json", time_zone=TIME_ZONE)
    ) as rig:
        yield rig


@contextmanager
def prompt_zwave() -> Iterator[None]:
    """Let Home Assistant make locks only, of all that it could make of a node."""
    # They are all that matters here, and come in half the time
    with patch("homeassistant.components.zwave_js.PLATFORMS", [Platform.LOCK]):
        yield


@asynccontextmanager
async def zwave_on(
    hass: HomeAssistant, rig: NetworkProcess
) -> AsyncIterator[ZWaveNetwork]:
    """Connect Z-Wave JS to the test network, and unload it at the end."""
    entry = MockConfigEntry(
        domain="zwave_js",
        unique_id=str(HOME_ID),
        data={"url": rig.websocket_url, "use_addon": False},
        minor_version=2,
    )
    entry.add_to_hass(hass)
    # Below this it logs whole frames, codes included, and makes the driver do the same
    logging.getLogger("zwave_js_server").setLevel(logging.INFO)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield ZWaveNetwork(hass, rig, entry)
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
async def zwave_network(
    hass: HomeAssistant, zwave_rig: NetworkProcess, socket_enabled: None
) -> AsyncIterator[ZWaveNetwork]:
    """The test network, with Home Assistant's Z-Wave JS connected to it."""
    with prompt_zwave():
        async with zwave_on(hass, zwave_rig) as network:
            yield network
