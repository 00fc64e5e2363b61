"""A day at a door with a Zigbee lock under ZHA, on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.util import dt as dt_util

from simulators.zigbee import DoorLock, Identity, Limits, LockNode
from simulators.zigbee.terms import LockState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.instances.zha import ZhaInstance, zha_instance
from tests.harness.site.door_driver import DoorDriver

type Scenario = Callable[[ZhaDoor], Awaitable[None]]


class ZhaDoor(DoorDriver[ZhaInstance]):
    """The door, and the house behind it."""

    node: LockNode

    def __init__(self, home: ZhaInstance, node: LockNode) -> None:
        """Stand before the door of a lock."""
        super().__init__(home, "sim_front")
        self.node = node

    @property
    def codes(self) -> list[str]:
        """Return the codes that are in the lock."""
        return list(self.node.pins().values())

    def is_locked(self) -> bool:
        """Return whether the bolt is out."""
        return self.node.lock.state is LockState.LOCKED


def front_lock(
    *, week_days: int = 2, year_days: int = 2, endpoint: int = 1
) -> LockNode:
    """Return a lock of ten slots from 1, which keeps schedules."""
    limits = Limits(pins=11, week_days_per_user=week_days, year_days_per_user=year_days)
    identity = Identity(manufacturer="Sim", model="Front", endpoint=endpoint)
    return LockNode(DoorLock(limits), identity)


def run_at_door(scenario: Scenario, node: LockNode | None = None) -> None:
    """Let a story happen at a door whose lock is managed."""

    async def happen() -> None:
        lock = node or front_lock()
        async with zha_instance([lock]) as home:
            lock.lock.clock.zone = dt_util.get_default_time_zone()
            await home.site.manage()
            await asyncio.sleep(5)
            await scenario(ZhaDoor(home, lock))

    run_on_virtual_clock(happen())
