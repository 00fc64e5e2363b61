"""Home Assistant with its Matter integration and Keyholder, on virtual time.

Everything is real but the locks: the fake server is spoken to through a Unix socket in
the loop of the story, the delays of the engine are its own, and days pass in no time.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

from aiohttp import ClientSession, UnixConnector
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_storage,
)
from pytest_socket import socket_allow_hosts

from custom_components.keyholder.const import DOMAIN
from simulators.matter import OHF, Dialect, FakeMatterServer, Node
from tests.bare import bare_home_assistant
from tests.fixtures.matter import FABRIC, MatterNetwork
from tests.integration.matter.house import House

from .loop import VirtualLoop
from .stored import async_load_registries

if TYPE_CHECKING:
    from collections.abc import Iterator

GONE_AFTER = 14.0
"""Seconds after which a server gives up a lock that does not answer, as measured."""


class MatterHome:
    """A house that may be stopped and started again; the locks go on by themselves.

    Each start has another `hass`, and so another `house` and `network`.
    """

    hass: HomeAssistant
    network: MatterNetwork
    entry: ConfigEntry
    house: House

    def __init__(self, server: FakeMatterServer) -> None:
        """Make a house whose locks are behind this server; `start` opens it."""
        self.server = server
        self._open = AsyncExitStack()
        self._is_new = True

    async def start(self) -> None:
        """Start Home Assistant on what is stored."""
        hass = self.hass = await self._open.enter_async_context(
            bare_home_assistant(
                load_registries=False, initial_state=CoreState.not_running
            )
        )
        await async_load_registries(hass)
        if self._is_new:
            self._is_new = False
            for domain, data in (("matter", {"url": self.server.url}), (DOMAIN, {})):
                entry = MockConfigEntry(domain=domain, title="Home", data=data)
                entry.add_to_hass(hass)
        else:
            await hass.config_entries.async_initialize()
        (matter,) = hass.config_entries.async_entries("matter")
        (self.entry,) = hass.config_entries.async_entries(DOMAIN)
        for each in (matter, self.entry):
            assert await hass.config_entries.async_setup(each.entry_id)
            await hass.async_block_till_done()
        self.network = MatterNetwork(hass, self.server, matter)
        self.house = House(hass, self.network, self.entry)

    async def stop(self) -> None:
        """Stop Home Assistant in good order."""
        await self.hass.async_stop(force=True)
        await self._open.aclose()


@asynccontextmanager
async def matter_home(
    nodes: Collection[Node] = (),
    *,
    dialect: Dialect = OHF,
    platforms: tuple[Platform, ...] = (Platform.LOCK,),
) -> AsyncIterator[MatterHome]:
    """Open a house whose locks are these nodes, until the story is over."""
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
                nodes, dialect=dialect, fabric=FABRIC, gone_after=GONE_AFTER, at=socket
            ) as server,
            ClientSession(connector=UnixConnector(str(socket))) as session,
        ):
            with _matter(loop, session, platforms), mock_storage():
                home = MatterHome(server)
                await home.start()
                try:
                    yield home
                finally:
                    await home.stop()


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
        patch(f"{provider}.echoes.monotonic", loop.time),
    ):
        yield
