"""A simulated Zigbee network, and Home Assistant's own ZHA integration on it.

Both run in the loop of the test, so a test acts on locks and looks into them directly.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
import logging
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulators.zigbee import LockNode, Mesh
from tests.harness.waiting import PATIENCE, wait_for

if TYPE_CHECKING:
    from zigpy.zcl.clusters.closures import DoorLock

QUIET = {
    "ota": {"enabled": False},
    "topology_scan_enabled": False,
    "backup_enabled": False,
    "startup_energy_scan": False,
}
"""What zigpy does of its own accord and these tests have no use for."""


@dataclass(frozen=True)
class ZhaNetwork:
    """The simulated network as Home Assistant's ZHA shows it."""

    hass: HomeAssistant
    mesh: Mesh
    locks: list[LockNode]
    entry: ConfigEntry

    @property
    def node(self) -> LockNode:
        """Return the first lock: its memory, door and faults."""
        return self.locks[0]

    def device(self, node: LockNode | None = None) -> dr.DeviceEntry:
        """Return the device that Home Assistant made of a lock."""
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            ("zha", _ieee(node or self.node)), self.entry.entry_id
        )
        assert device is not None
        return device

    def lock_entity(self, node: LockNode | None = None) -> er.RegistryEntry:
        """Return the registry entry of a lock's entity."""
        (lock,) = (
            entity
            for entity in er.async_entries_for_device(
                er.async_get(self.hass), self.device(node).id
            )
            if entity.domain == "lock"
        )
        return lock

    def state(self, node: LockNode | None = None) -> str:
        """Return the state of a lock's entity."""
        state = self.hass.states.get(self.lock_entity(node).entity_id)
        assert state is not None
        return state.state

    def cluster(self, node: LockNode | None = None) -> DoorLock:
        """Return zigpy's door lock cluster; another one after a reload."""
        from zigpy.zcl.clusters.closures import DoorLock

        cluster = self.zigpy_device(node).find_cluster(DoorLock.cluster_id)
        assert isinstance(cluster, DoorLock)
        return cluster

    def zigpy_device(self, node: LockNode | None = None) -> Any:
        """Return the device as zigpy has it."""
        from homeassistant.components.zha.helpers import get_zha_gateway

        gateway = get_zha_gateway(self.hass)
        ieee = _ieee(node or self.node)
        return next(
            device
            for device in gateway.application_controller.devices.values()
            if str(device.ieee) == ieee
        )

    def zha_device(self, node: LockNode | None = None) -> Any:
        """Return the device as the zha library has it."""
        from homeassistant.components.zha.helpers import get_zha_gateway

        return get_zha_gateway(self.hass).devices[self.zigpy_device(node).ieee]

    async def pair(self, node: LockNode) -> None:
        """Let a lock join, and wait for its entity."""
        node.join()
        await wait_for(lambda: self._is_complete(node))
        await self.settle()

    async def settle(self) -> None:
        """Wait until all that locks have sent so far has been handled here."""
        await wait_for(lambda: self.mesh.medium.is_still)
        await self.hass.async_block_till_done()

    async def reload(self) -> None:
        """Reload the ZHA entry."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.wait_until_loaded()

    async def reinterview(self, node: LockNode | None = None) -> None:
        """Let zigpy ask a lock anew what it is."""
        before = self.cluster(node)
        await self.zigpy_device(node).application.reinterview_device(
            self.zigpy_device(node).ieee
        )
        await wait_for(lambda: self.cluster(node) is not before)
        await self.settle()

    async def lose_link(self) -> None:
        """Pull the stick, and put it back at once."""
        self.mesh.unplug()
        self.mesh.plug()
        await self.hass.async_block_till_done()
        await self.wait_until_loaded()

    async def wait_until_loaded(self) -> None:
        """Wait for the entry; where it would wait before it tries again, do not."""
        deadline = monotonic() + PATIENCE
        while self.entry.state is not ConfigEntryState.LOADED:
            assert monotonic() < deadline, f"ZHA is {self.entry.state}"
            if self.entry.state is ConfigEntryState.SETUP_RETRY:
                await self.hass.config_entries.async_reload(self.entry.entry_id)
            await asyncio.sleep(0.005)
        await self.settle()

    def _is_complete(self, node: LockNode) -> bool:
        devices = dr.async_get(self.hass)
        device = devices.async_get_device_by_identifier(
            ("zha", _ieee(node)), self.entry.entry_id
        )
        if device is None:
            return False
        entities = er.async_entries_for_device(er.async_get(self.hass), device.id)
        return any(
            entity.domain == "lock" and self.hass.states.get(entity.entity_id)
            for entity in entities
        )


def _ieee(node: LockNode) -> str:
    return node.addresses.ieee.to_bytes(8).hex(":")


@contextmanager
def prompt_zha(*platforms: Platform) -> Iterator[None]:
    """Let ZHA make these platforms only, and open a stick again without a pause.

    It waits a second after each time that it has closed one, as a serial port wants. A
    simulated one does not, and each set-up of the entry has such a second.
    """
    zha = "homeassistant.components.zha"
    with (
        patch(f"{zha}.PLATFORMS", platforms),
        patch(f"{zha}.radio_manager.CONNECT_DELAY_S", 0),
    ):
        yield


def add_entry(hass: HomeAssistant, path: str) -> MockConfigEntry:
    """Return an entry of ZHA for a stick, and keep codes out of the libraries' logs."""
    # Below this they log whole frames, codes included
    for logger in ("aiosqlite", "zha", "zhaquirks", "zigpy", "zigpy_deconz"):
        logging.getLogger(logger).setLevel(logging.INFO)
    entry = MockConfigEntry(
        domain="zha",
        title="Zigbee",
        version=5,
        minor_version=2,
        unique_id="epid=dd:dd:dd:dd:dd:dd:dd:dd",
        data={
            "device": {"path": path, "baudrate": 115200, "flow_control": None},
            "radio_type": "deconz",
        },
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def zigbee_locks() -> list[LockNode]:
    """The locks of the network; a module may bring its own."""
    return [LockNode()]


@pytest.fixture
def zha_platforms() -> tuple[Platform, ...]:
    """What Home Assistant makes of devices; of many entities mostly the locks matter."""
    return (Platform.LOCK,)


@pytest.fixture
async def zigbee_mesh(zigbee_locks: list[LockNode]) -> AsyncIterator[Mesh]:
    """The network, with no lock in it yet."""
    mesh = Mesh(zigbee_locks)
    yield mesh
    mesh.medium.clear()


@pytest.fixture
def zha_radio(zigbee_mesh: Mesh) -> Iterator[Mesh]:
    """The network in the place of a stick."""
    from simulators.zigbee.radio import replace_radio

    with replace_radio(zigbee_mesh):
        yield zigbee_mesh


@asynccontextmanager
async def zha_on(
    hass: HomeAssistant, mesh: Mesh, locks: list[LockNode], database: Path
) -> AsyncIterator[ZhaNetwork]:
    """Set ZHA up on a network with these locks, and unload it at the end."""
    entry = add_entry(hass, "socket://simulated:1")
    config = {"database_path": str(database), "zigpy_config": QUIET}
    assert await async_setup_component(hass, "zha", {"zha": config})
    await hass.async_block_till_done()
    network = ZhaNetwork(hass, mesh, locks, entry)
    for node in locks:
        await network.pair(node)
    yield network
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
async def zha_network(
    hass: HomeAssistant,
    zha_radio: Mesh,
    zigbee_locks: list[LockNode],
    zha_platforms: tuple[Platform, ...],
    tmp_path: Path,
) -> AsyncIterator[ZhaNetwork]:
    """The network with all its locks paired, and Home Assistant's ZHA on it."""
    with prompt_zha(*zha_platforms):
        async with zha_on(
            hass, zha_radio, zigbee_locks, tmp_path / "zigbee.db"
        ) as network:
            yield network
