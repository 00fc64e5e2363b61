"""A day at a door with a Zigbee lock under ZHA, on virtual time."""

from collections.abc import Awaitable, Callable

from homeassistant.util import dt as dt_util

from simulators.zigbee import DoorLock, Identity, Limits, LockNode
from tests.harness.instances.zha import ZhaInstance, zha_instance
from tests.harness.site.door_driver import run_with_door
from tests.harness.site.zigbee_door import ZigbeeDoor

type ZhaDoor = ZigbeeDoor[ZhaInstance]
type Scenario = Callable[[ZhaDoor], Awaitable[None]]


def front_lock(
    *, week_days: int = 2, year_days: int = 2, endpoint: int = 1
) -> LockNode:
    """Return a lock of ten slots from 1, which keeps schedules."""
    limits = Limits(pins=11, week_days_per_user=week_days, year_days_per_user=year_days)
    identity = Identity(manufacturer="Sim", model="Front", endpoint=endpoint)
    return LockNode(DoorLock(limits), identity)


def run_at_door(scenario: Scenario, node: LockNode | None = None) -> None:
    """Let a scenario happen at a door whose lock is managed."""

    lock = node or front_lock()

    def set_clock() -> None:
        lock.lock.clock.zone = dt_util.get_default_time_zone()

    run_with_door(
        lambda: zha_instance([lock]),
        lambda instance: ZigbeeDoor(instance, lock, "sim_front"),
        scenario,
        prepare=set_clock,
    )
