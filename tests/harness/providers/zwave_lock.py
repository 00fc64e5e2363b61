"""A Z-Wave lock of the test network, from both ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
from zwave_js_server.const import CommandClass
from zwave_js_server.const.command_class.access_control import UserCredentialType
from zwave_js_server.model.access_control import AccessControlAPI

from custom_components.keyholder.model.lock_events import LockEvent
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.providers.registry import async_create_provider
from custom_components.keyholder.providers.zwave_js.provider import ZWaveJsProvider
from tests.harness.networks.zwave import ZWaveNetwork
from tests.harness.providers.codes import ANNA, SLOT

UC1: Final = 2
UC2: Final = 3
UC2_SUP: Final = 4
U3C: Final = 5
S2: Final = 6
NO_READBACK: Final = 7


class ZWaveLock:
    """One lock of the test network, from both ends."""

    def __init__(
        self, network: ZWaveNetwork, node: int, provider: ZWaveJsProvider
    ) -> None:
        self.network = network
        self.node = node
        self.provider = provider
        self.events: list[LockEvent] = []

    async def read(self, slot: int = SLOT) -> SlotReading:
        return (await self.provider.async_read([slot]))[slot]

    async def write(self, target: CodeTarget = ANNA, slot: int = SLOT) -> WriteResult:
        return await self.provider.async_write(slot, target)

    async def code(self, slot: int = SLOT) -> str | None:
        return (await self.network.codes(self.node)).get(slot)

    async def faults(self, **faults: bool | int | str) -> None:
        await self.network.faults(self.node, **faults)

    async def act(self, do: str, **details: int | str) -> None:
        await self.network.act(self.node, do, **details)

    async def settle(self) -> None:
        await self.network.settle(self.node)

    async def has_received_something(self) -> None:
        """Wait until a command is at the lock."""
        rig = self.network.rig
        # Another process counts them, so there is nothing to be woken by
        while not any((await asyncio.to_thread(rig.counts, self.node)).values()):  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    async def operations(self) -> int:
        return await self.network.operations(self.node)

    async def reset_counts(self) -> None:
        await asyncio.to_thread(self.network.rig.reset_counts, self.node)

    async def another_provider(self) -> ZWaveJsProvider:
        """Return one that knows nothing of the lock, as after a start."""
        entity = self.network.lock_entity(self.node)
        provider = await async_create_provider(self.network.hass, entity)
        assert isinstance(provider, ZWaveJsProvider)
        await provider.async_probe()
        return provider

    async def call_schedules(self, method: str, *arguments: object) -> None:
        """Do to the lock's schedules what another application might do."""
        client = self.network.entry.runtime_data.client
        await client.driver.controller.nodes[self.node].async_invoke_cc_api(
            CommandClass.SCHEDULE_ENTRY_LOCK, method, *arguments, wait_for_result=True
        )

    @property
    def control(self) -> AccessControlAPI:
        """The library, for what another application might do."""
        client = self.network.entry.runtime_data.client
        control: AccessControlAPI = client.driver.controller.nodes[
            self.node
        ].access_control
        return control

    async def users(self) -> dict[int, str | None]:
        return {user.user_id: user.user_name for user in await self.control.get_users()}

    async def owned(self) -> set[tuple[int, UserCredentialType, int]]:
        held = await self.control.get_all_credentials()
        return {(each.user_id, each.type, each.slot) for each in held}


@asynccontextmanager
async def subscribed_zwave(
    network: ZWaveNetwork, node: int
) -> AsyncIterator[ZWaveLock]:
    """Take a lock back to what it was, and subscribe to it until the context is left."""
    await network.reset(node)
    await network.settle(node)
    provider = await async_create_provider(network.hass, network.lock_entity(node))
    assert isinstance(provider, ZWaveJsProvider)
    await provider.async_probe()
    lock = ZWaveLock(network, node, provider)
    unsubscribe = provider.subscribe(lock.events.append)
    lock.events.clear()
    yield lock
    unsubscribe()
    await network.reset(node)


def on(*nodes: int) -> pytest.MarkDecorator:
    """Run on these nodes of the test network, which other tests use as well."""
    return pytest.mark.parametrize("lock", nodes, indirect=True)


def alone_on(*nodes: int) -> pytest.MarkDecorator:
    """Run on these nodes in a Home Assistant of the test's own."""
    return pytest.mark.parametrize("own_lock", nodes, indirect=True)
