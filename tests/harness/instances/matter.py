"""Home Assistant with its Matter integration and Keyholder, on virtual time.

Everything is real but the locks: the fake server is spoken to through a Unix socket in
the loop of the scenario, the delays of the engine are its own, and days pass in no time.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, override
from unittest.mock import patch

from aiohttp import ClientSession, UnixConnector
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_socket import socket_allow_hosts

from simulators.matter import OHF, Dialect, FakeMatterServer, Node
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.instances.restartable import RestartableInstance
from tests.harness.networks.matter import FABRIC, MatterNetwork
from tests.harness.site.matter import MatterSite

if TYPE_CHECKING:
    from collections.abc import Iterator

GONE_AFTER = 14.0
"""Seconds after which a server gives up a lock that does not answer, as measured."""


class MatterInstance(RestartableInstance[MatterNetwork, MatterSite]):
    """A site with Matter locks."""

    def __init__(self, server: FakeMatterServer) -> None:
        """Make a site whose locks are behind this server; `start` opens it."""
        super().__init__("matter", MatterSite)
        self.server = server

    @override
    def _add_entry(self, hass: HomeAssistant) -> None:
        MockConfigEntry(domain="matter", data={"url": self.server.url}).add_to_hass(
            hass
        )

    @override
    async def _connect(self, hass: HomeAssistant, entry: ConfigEntry) -> MatterNetwork:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return MatterNetwork(hass, self.server, entry)


@asynccontextmanager
async def matter_instance(
    nodes: Collection[Node] = (),
    *,
    dialect: Dialect = OHF,
    platforms: tuple[Platform, ...] = (Platform.LOCK,),
) -> AsyncIterator[MatterInstance]:
    """Open a site whose locks are these nodes, until the scenario is over."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    # Until the next test: sockets in the file system lead nowhere else
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    nodes = nodes or [Node()]
    for node in nodes:
        for lock in node.locks.values():
            lock.clock.source = lambda: loop.clock().timestamp()
    with TemporaryDirectory() as folder:
        socket = Path(folder) / "matter"
        async with (
            FakeMatterServer(
                nodes,
                dialect=dialect,
                fabric=FABRIC,
                unreachable_after=GONE_AFTER,
                at=socket,
            ) as server,
            ClientSession(connector=UnixConnector(str(socket))) as session,
        ):
            instance = MatterInstance(server)
            with _matter(loop, session, platforms):
                async with instance.opened():
                    yield instance


@contextmanager
def _matter(
    loop: VirtualLoop, session: ClientSession, platforms: tuple[Platform, ...]
) -> Iterator[None]:
    from homeassistant.components.matter import discovery

    wanted = {each: discovery.DISCOVERY_SCHEMAS[each] for each in platforms}
    integration = "homeassistant.components.matter"
    provider = "custom_components.keyholder.providers.matter"
    with (
        patch(f"{integration}.async_get_clientsession", lambda _: session),
        patch(f"{integration}.SUPPORTED_PLATFORMS", platforms),
        patch.object(discovery, "DISCOVERY_SCHEMAS", wanted),
        patch(f"{provider}.expected_changes.monotonic", loop.time),
    ):
        yield
