"""Home Assistant with its ZHA integration and Keyholder, on virtual time.

Everything is real but the radio and the locks, which are in memory: the delays of zigpy,
ZHA and the engine are their own, and days pass in no time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
import time
from types import SimpleNamespace
from typing import Any, override
from unittest.mock import patch

import aiosqlite
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_storage,
)

from custom_components.keyholder.const import DOMAIN
from simulators.zigbee import LockNode, Mesh
from tests.bare import bare_home_assistant
from tests.fixtures.zha import QUIET, ZhaNetwork, add_entry
from tests.integration.zha.house import House

from .loop import VirtualLoop
from .stored import async_load_registries

_STICK = "socket://simulated:1"


class ZhaHome:
    """A house that may be stopped and started again; the locks go on by themselves.

    Each start has another `hass`, and so another `house` and `network`.
    """

    hass: HomeAssistant
    network: ZhaNetwork
    entry: ConfigEntry
    house: House

    def __init__(self, mesh: Mesh, locks: list[LockNode], database: Path) -> None:
        """Make a house whose locks are in this network; `start` opens it."""
        self.mesh = mesh
        self._locks = locks
        self._config = {"database_path": str(database), "zigpy_config": QUIET}
        self._open = AsyncExitStack()
        self._is_new = True

    async def start(self) -> None:
        """Start Home Assistant on what is stored; at first the locks are paired."""
        hass = self.hass = await self._open.enter_async_context(
            bare_home_assistant(
                load_registries=False, initial_state=CoreState.not_running
            )
        )
        await async_load_registries(hass)
        if self._is_new:
            add_entry(hass, _STICK)
            MockConfigEntry(domain=DOMAIN, title="Home", data={}).add_to_hass(hass)
        else:
            await hass.config_entries.async_initialize()
        (zha,) = hass.config_entries.async_entries("zha")
        (self.entry,) = hass.config_entries.async_entries(DOMAIN)
        assert await async_setup_component(hass, "zha", {"zha": self._config})
        await hass.async_block_till_done()
        self.network = ZhaNetwork(hass, self.mesh, self._locks, zha)
        if self._is_new:
            for node in self._locks:
                await self.network.pair(node)
        assert await hass.config_entries.async_setup(self.entry.entry_id)
        await hass.async_block_till_done()
        self.house = House(hass, self.network, self.entry)
        self._is_new = False

    async def stop(self) -> None:
        """Stop Home Assistant in good order."""
        await self.hass.async_stop(force=True)
        await self._open.aclose()


@asynccontextmanager
async def zha_home(
    locks: Collection[LockNode] = (),
    *,
    platforms: tuple[Platform, ...] = (Platform.LOCK,),
) -> AsyncIterator[ZhaHome]:
    """Open a house with these locks, until the story is over."""
    from simulators.zigbee.radio import replace_radio

    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    nodes = list(locks) or [LockNode()]
    for node in nodes:
        node.lock.clock.source = lambda: loop.clock().timestamp()
    mesh = Mesh(nodes)
    with (
        TemporaryDirectory() as folder,
        replace_radio(mesh),
        _zha(loop, platforms),
        mock_storage(),
    ):
        home = ZhaHome(mesh, nodes, Path(folder) / "zigbee.db")
        await home.start()
        try:
            yield home
        finally:
            await home.stop()
            mesh.air.clear()


class _AtOnce(aiosqlite.Connection):
    """A database without a thread: one would need time that does not pass."""

    @override
    def start(self) -> None:
        """Nothing runs beside the loop."""

    @override
    def join(self, timeout: float | None = None) -> None:
        """Nothing is waited for."""

    @override
    async def _connect(self) -> aiosqlite.Connection:
        self._connection = self._connector()
        return self

    @override
    async def _execute[T](
        self, fn: Callable[..., T], *args: object, **kwargs: object
    ) -> T:
        return fn(*args, **kwargs)


@contextmanager
def _zha(loop: VirtualLoop, platforms: tuple[Platform, ...]) -> Iterator[None]:
    """Let the libraries go by the loop's time, as far as it matters when locks were heard."""

    class Clock(datetime):
        @classmethod
        @override
        def now(cls, tz: tzinfo | None = None) -> Any:
            return cls.fromtimestamp(loop.clock().timestamp(), tz)

    clock = SimpleNamespace(**{**vars(time), "time": lambda: loop.clock().timestamp()})
    with (
        patch("homeassistant.components.zha.PLATFORMS", platforms),
        patch.object(aiosqlite, "Connection", _AtOnce),
        patch("zha.zigbee.device.time", clock),
        patch("zigpy.application.datetime", Clock),
        patch("zigpy.types.named.datetime", Clock),
    ):
        yield
