"""A day at a door with a Zigbee lock under ZHA, on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.util import dt as dt_util

from simulators.zigbee import DoorLock, Identity, Limits, LockNode
from simulators.zigbee.terms import LockState
from tests.integration.doorstep import Doorstep
from tests.virtual.run import run_virtually
from tests.virtual.zha_home import ZhaHome, zha_home

type Story = Callable[[Door], Awaitable[None]]


class Door(Doorstep[ZhaHome]):
    """The door, and the house behind it."""

    node: LockNode

    def __init__(self, home: ZhaHome, node: LockNode) -> None:
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


def at_the_door(story: Story, node: LockNode | None = None) -> None:
    """Let a story happen at a door whose lock is managed."""

    async def happen() -> None:
        lock = node or front_lock()
        async with zha_home([lock]) as home:
            lock.lock.clock.zone = dt_util.get_default_time_zone()
            await home.house.manage()
            await asyncio.sleep(5)
            await story(Door(home, lock))

    run_virtually(happen())
