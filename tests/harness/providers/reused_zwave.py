"""The test network with Home Assistant's Z-Wave JS, for one test after the other."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from simulators.zwave.network_process import NetworkProcess
from tests.harness.networks.zwave import ZWaveNetwork, prompt_zwave, zwave_on
from tests.harness.providers.reuse import ReusedNetwork

ANSWER_SECONDS = 10.0


class ReusedZWave(ReusedNetwork[ZWaveNetwork]):
    """All nodes of the test network. A test takes back the one that it uses."""

    def __init__(self, rig: NetworkProcess) -> None:
        """Use a simulator that runs."""
        self._rig = rig

    @property
    @override
    def entry(self) -> ConfigEntry:
        return self.network.entry

    @property
    @override
    def place(self) -> object:
        return self._rig

    @override
    def patches(self) -> AbstractContextManager[None]:
        return prompt_zwave()

    @override
    def running(self, hass: HomeAssistant) -> AbstractAsyncContextManager[ZWaveNetwork]:
        return zwave_on(hass, self._rig)

    @override
    async def settle(self) -> None:
        """Wait for an answer; whatever was sent before it is there as well."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._client.driver.async_get_log_config()
        except asyncio.CancelledError:
            # The library cancels its own futures where it loses the connection
            raise ConnectionError("the server has closed the connection") from None
        await self.network.hass.async_block_till_done()

    @override
    async def renew(self) -> None:
        await self.settle()

    @override
    def condition(self) -> dict[str, object]:
        client = self._client
        nodes = client.driver.controller.nodes
        return {
            "connected": client.connected,
            "client": id(client),
            "nodes": {number: node.status.name for number, node in nodes.items()},
            "nodes' listeners": {
                number: _number_of(node._listeners) for number, node in nodes.items()
            },
            "driver's listeners": _number_of(client.driver._listeners),
            "controller's listeners": _number_of(client.driver.controller._listeners),
        }

    @property
    def _client(self) -> Any:
        return self.network.entry.runtime_data.client


def _number_of(listeners: dict[str, list[Callable[..., Any]]]) -> int:
    return sum(len(each) for each in listeners.values())
