"""A Zigbee network with Home Assistant's ZHA on it, for one test after the other."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from zigpy.datastructures import Debouncer

from simulators.zigbee import DoorLock, LockNode, Mesh, Presence
from simulators.zigbee.lock_node import Delays
from simulators.zigbee.radio import replace_radio
from simulators.zigbee.terms import DoorState, LockState
from tests.harness.networks.zha import ZhaNetwork, prompt_zha, zha_on
from tests.harness.providers.reuse import ReusedNetwork
from tests.harness.providers.zha_harness import small_lock

CALLBACKS: Final = ("on_event", "on_attribute")


class Original:
    """What a lock was like before any test used it."""

    def __init__(self, node: LockNode) -> None:
        """Keep what its network and the node itself have put into it."""
        self._node = node
        self._transmit, self._later = node.transmit, node.later
        self._callbacks = [getattr(node.lock, name) for name in CALLBACKS]
        self._battery, self._sleep = node.battery, node.sleep

    def restore(self, lock: DoorLock) -> None:
        """Make the lock like this one, which is new; it reports where the bolt is."""
        node = self._node
        node.presence = Presence.ONLINE
        node.faults.clear()
        node.delays = Delays()
        node.battery, node.sleep = self._battery, self._sleep
        node.transmit, node.later = self._transmit, self._later
        for each in fields(DoorLock):
            setattr(node.lock, each.name, getattr(lock, each.name))
        for name, callback in zip(CALLBACKS, self._callbacks, strict=True):
            setattr(node.lock, name, callback)
        node.lock.move(LockState.LOCKED)
        node.lock.set_door(DoorState.CLOSED)
        self.forget()

    def forget(self) -> None:
        """Forget what was asked of the lock."""
        self._node.received.clear()
        self._node.attribute_reads = 0


class ReusedZha(ReusedNetwork[ZhaNetwork]):
    """A network with one lock, as it is called on the bench."""

    def __init__(self, name: str) -> None:
        """Make the network; nothing is set up yet."""
        self._name = name
        self._locks = [small_lock(name)]
        self._mesh = Mesh(self._locks)

    @property
    @override
    def entry(self) -> ConfigEntry:
        return self.network.entry

    @override
    @contextmanager
    def patches(self) -> Iterator[None]:
        with replace_radio(self._mesh), prompt_zha(Platform.LOCK):
            yield

    @override
    @asynccontextmanager
    async def running(self, hass: HomeAssistant) -> AsyncIterator[ZhaNetwork]:
        database = Path(hass.config.config_dir) / "zigbee.db"
        async with zha_on(hass, self._mesh, self._locks, database) as network:
            self._original = Original(network.node)
            cluster = network.cluster()
            self._asked = cluster._attr_cache.clone(cluster)
            yield network
        self._mesh.medium.clear()

    @override
    async def settle(self) -> None:
        await self.network.settle()

    @override
    async def renew(self) -> None:
        network = self.network
        # What is under way to a lock that is gone ends first
        await network.settle()
        self._original.restore(small_lock(self._name).lock)
        await network.settle()
        self._original.forget()
        # What the lock was asked for since is asked for again, as by who has just found it
        cluster = network.cluster()
        cluster._attr_cache_internal = self._asked.clone(cluster)
        # zigpy takes any frame of this number for the answer, and the lock counts as well:
        # they are half a round apart as in a new network, else they would meet in some test.
        # The lock goes on where it is, as a number that comes again is a frame that does.
        number_frames(network, network.node.number + 0x80)
        # These numbers come again soon. For ten seconds zigpy takes a frame that is like one
        # before for the same one, and an answer that it drops is asked for again
        network.zigpy_device()._packet_debouncer = Debouncer()

    @override
    def condition(self) -> dict[str, object]:
        device, cluster = self.network.zigpy_device(), self.network.cluster()
        return {
            "available": self.network.zha_device().available,
            "plugged": self._mesh.plugged,
            "cluster": id(cluster),
            "cluster's listeners": listeners_of(cluster),
            "application's listeners": len(device.application._listeners),
            "waiting for answers": len(device._requests),
        }


def number_frames(network: ZhaNetwork, last: int) -> None:
    """Let the next frame to the lock have the number after this one."""
    network.zigpy_device()._send_sequence = last % 256


def listeners_of(cluster: Any) -> int:
    """Return how many call-backs a cluster has, for whatever it tells."""
    return len(cluster._listeners) + sum(map(len, cluster._event_listeners.values()))
