"""A Zigbee lock behind Home Assistant's own ZHA, with a subscription to its provider."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from custom_components.keyholder.model.lock_events import LockEvent
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.providers.registry import async_create_provider
from custom_components.keyholder.providers.zha.provider import ZhaProvider
from simulators.zigbee import KeypadUser, LockNode
from simulators.zigbee.faults import Faults
from simulators.zigbee.limits import Traits
from simulators.zigbee.memory import Code
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.providers.codes import ANNA, SLOT
from tests.harness.waiting import wait_for


class ZhaLock:
    """Short ways to use a lock and to look into it."""

    def __init__(self, network: ZhaNetwork, provider: ZhaProvider) -> None:
        """Use the first lock of a network."""
        self.network = network
        self.provider = provider
        self.events: list[LockEvent] = []

    @property
    def node(self) -> LockNode:
        """Return the lock itself."""
        return self.network.node

    @property
    def door(self) -> KeypadUser:
        """Return the door that it is in."""
        return self.node.door

    @property
    def faults(self) -> Faults:
        """Return what is wrong with its frames."""
        return self.node.faults

    @property
    def traits(self) -> Traits:
        """Return its habits."""
        return self.node.lock.traits

    def code(self, slot: int = SLOT) -> str | None:
        """Return what is really in a slot."""
        return self.node.pins().get(slot)

    def store(self, code: str, slot: int = SLOT, *, enabled: bool = True) -> None:
        """Put a code into the lock behind everybody's back."""
        status = 1 if enabled else 3
        self.node.lock.memory.pins[slot] = Code(status, 0, code.encode())

    def commands(self) -> list[str]:
        """Return the commands that came since the last call, by name."""
        commands = [command.name for command, _ in self.node.received]
        self.node.received.clear()
        return commands

    async def read(self, slot: int = SLOT) -> SlotReading:
        """Read a slot."""
        return (await self.provider.async_read([slot]))[slot]

    async def write(self, target: CodeTarget = ANNA, slot: int = SLOT) -> WriteResult:
        """Write a code."""
        return await self.provider.async_write(slot, target)

    async def clear(self, slot: int = SLOT) -> WriteResult:
        """Clear a slot."""
        return await self.provider.async_clear(slot)

    async def settle(self) -> None:
        """Wait until all that was reported so far is there."""
        await self.network.settle()


async def make_zha_provider(
    network: ZhaNetwork, node: LockNode | None = None
) -> ZhaProvider:
    """Return a provider for a lock, probed."""
    entity = network.lock_entity(node)
    provider = await async_create_provider(network.hass, entity)
    assert isinstance(provider, ZhaProvider)
    await provider.async_probe()
    return provider


@asynccontextmanager
async def subscribed_zha(network: ZhaNetwork) -> AsyncIterator[ZhaLock]:
    """Subscribe to the first lock of a network, as long as the context lasts."""
    lock = ZhaLock(network, await make_zha_provider(network))
    lock.node.attribute_reads = 0
    unsubscribe = lock.provider.subscribe(lock.events.append)
    # The first thing that a subscription does is to ask where the bolt is
    await wait_for(lambda: lock.node.attribute_reads == 1)
    await network.settle()
    lock.commands()
    yield lock
    unsubscribe()
