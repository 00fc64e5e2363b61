"""Home Assistant with its ZHA integration and Keyholder, on virtual time.

Everything is real but the radio and the locks, which are in memory: the delays of zigpy,
ZHA and the engine are their own, and days pass in no time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
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
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from simulators.zigbee import LockNode, Mesh
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.instances.restartable import RestartableInstance
from tests.harness.networks.zha import QUIET, ZhaNetwork, add_entry
from tests.harness.site.zha import ZhaSite

_STICK = "socket://simulated:1"


class ZhaInstance(RestartableInstance[ZhaNetwork, ZhaSite]):
    """A site with Zigbee locks under ZHA, which are paired at the first start."""

    def __init__(self, mesh: Mesh, locks: list[LockNode], database: Path) -> None:
        """Make a site whose locks are in this network; `start` opens it."""
        super().__init__("zha", ZhaSite)
        self.mesh = mesh
        self._locks = locks
        self._config = {"database_path": str(database), "zigpy_config": QUIET}

    @override
    def _add_entry(self, hass: HomeAssistant) -> None:
        add_entry(hass, _STICK)

    @override
    async def _connect(self, hass: HomeAssistant, entry: ConfigEntry) -> ZhaNetwork:
        assert await async_setup_component(hass, "zha", {"zha": self._config})
        await hass.async_block_till_done()
        network = ZhaNetwork(hass, self.mesh, self._locks, entry)
        for node in self._locks if self._is_new else ():
            await network.pair(node)
        return network


@asynccontextmanager
async def zha_instance(
    locks: Collection[LockNode] = (),
    *,
    platforms: tuple[Platform, ...] = (Platform.LOCK,),
) -> AsyncIterator[ZhaInstance]:
    """Open a site with these locks, until the scenario is over."""
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
    ):
        instance = ZhaInstance(mesh, nodes, Path(folder) / "zigbee.db")
        try:
            async with instance.opened():
                yield instance
        finally:
            mesh.medium.clear()


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
    """Let the libraries go by the loop's time, as far as it matters when locks were seen."""

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
