"""A fake Matter server, and Home Assistant's own Matter integration connected to it.

Both run in the loop of the test, so a test acts on locks and looks into them directly.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulators.matter import FakeMatterServer, Node
from tests.harness.waiting import PATIENCE

if TYPE_CHECKING:
    from matter_server.client import MatterClient

FABRIC = 6549552246184552343
"""The compressed fabric id of the server, which is in the identifier of each device."""


@dataclass(frozen=True)
class MatterNetwork:
    """The fake server as Home Assistant's Matter integration shows it."""

    hass: HomeAssistant
    server: FakeMatterServer
    entry: ConfigEntry

    @property
    def node(self) -> Node:
        """Return the first node: its lock, door and faults."""
        return self.server.node

    @property
    def client(self) -> MatterClient:
        """Return the client of Home Assistant's entry; a reload makes another."""
        client: MatterClient = self.entry.runtime_data.adapter.matter_client
        return client

    def device(self, node_id: int = 1) -> dr.DeviceEntry:
        """Return the device that Home Assistant made of a node."""
        identifier = f"deviceid_{FABRIC:016X}-{node_id:016X}-MatterNodeDevice"
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            ("matter", identifier), self.entry.entry_id
        )
        assert device is not None
        return device

    def lock_entity(self, node_id: int = 1, endpoint: int = 1) -> er.RegistryEntry:
        """Return the registry entry of the lock entity of an endpoint."""
        (lock,) = (
            entity
            for entity in er.async_entries_for_device(
                er.async_get(self.hass), self.device(node_id).id
            )
            if entity.domain == "lock"
            and f"-MatterNodeDevice-{endpoint}-" in entity.unique_id
        )
        return lock

    def state(self, node_id: int = 1, endpoint: int = 1) -> str:
        """Return the state of a lock entity."""
        state = self.hass.states.get(self.lock_entity(node_id, endpoint).entity_id)
        assert state is not None
        return state.state

    async def command(
        self, command: Any, *, node_id: int = 1, endpoint: int = 1
    ) -> Any:
        """Send a command of `chip.clusters` by the client; return the answer's fields."""
        return await self.client.send_device_command(
            node_id, endpoint, command, timed_request_timeout_ms=10000
        )

    async def settle(self) -> None:
        """Wait until all that the server has sent so far has been handled here."""
        await self.client.send_command("ping_node", node_id=self.node.node_id)
        await self.hass.async_block_till_done()

    async def wait_until_connected(self) -> None:
        """Wait for an entry with a living client, which a reload makes anew.

        Where Home Assistant would wait before it tries again, do not.
        """
        deadline = monotonic() + PATIENCE
        while not self._connected:
            assert monotonic() < deadline, f"Matter is {self.entry.state}"
            if self.entry.state is ConfigEntryState.SETUP_RETRY:
                await self.hass.config_entries.async_reload(self.entry.entry_id)
            await asyncio.sleep(0.005)
        await self.hass.async_block_till_done()

    @property
    def _connected(self) -> bool:
        loaded = self.entry.state is ConfigEntryState.LOADED
        return loaded and self.client.connection.connected

    async def drop_connection(self) -> None:
        """Drop the websocket, and wait until Home Assistant is connected again."""
        await self.server.drop_clients()
        await self.wait_until_connected()

    async def reload(self) -> None:
        """Reload the Matter entry."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.wait_until_connected()


@pytest.fixture
def matter_nodes() -> list[Node]:
    """The nodes of the network; a module may bring its own."""
    return [Node()]


@pytest.fixture
def matter_platforms() -> tuple[Platform, ...]:
    """What Home Assistant makes of the nodes; of many entities mostly the locks matter."""
    return (Platform.LOCK,)


@pytest.fixture
async def matter_server(
    hass: HomeAssistant, matter_nodes: list[Node], socket_enabled: None
) -> AsyncIterator[FakeMatterServer]:
    """The fake server on a free port."""
    for node in matter_nodes:
        for lock in node.locks.values():
            # As its server would have reported it
            lock.clock.zone = dt_util.get_default_time_zone()
    async with FakeMatterServer(matter_nodes, fabric=FABRIC) as server:
        yield server


@pytest.fixture
async def matter_network(
    hass: HomeAssistant,
    matter_server: FakeMatterServer,
    matter_platforms: tuple[Platform, ...],
) -> AsyncIterator[MatterNetwork]:
    """The fake server, with Home Assistant's Matter integration connected to it."""
    from homeassistant.components.matter import discovery

    entry = MockConfigEntry(
        domain="matter", title="Matter", data={"url": matter_server.url}
    )
    entry.add_to_hass(hass)
    wanted: Mapping[Platform, Any] = {
        platform: discovery.DISCOVERY_SCHEMAS[platform] for platform in matter_platforms
    }
    with (
        patch("homeassistant.components.matter.SUPPORTED_PLATFORMS", matter_platforms),
        patch.object(discovery, "DISCOVERY_SCHEMAS", wanted),
    ):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        yield MatterNetwork(hass, matter_server, entry)
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()
