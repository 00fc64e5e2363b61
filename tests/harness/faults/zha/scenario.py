"""Two Zigbee locks and two people; one lock has a fault while one slot is worked on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.helpers import entity_registry as er

from simulators.zigbee import DoorLock, Identity, Limits, LockNode, Mask, Sleep
from simulators.zigbee.terms import UserStatus
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.faults.fault_scenario import (
    FIRST_PIN,
    OTHER_PIN,
    OURS,
    SECOND_PIN,
    ActionSchedule,
    UserChange,
)
from tests.harness.faults.sensor_recorder import PinLeakDetector
from tests.harness.faults.site_scenario import (
    UNMANAGED_PIN,
    UNMANAGED_SLOT,
    Expectations,
    Outcome,
    SiteFaultScenario,
)
from tests.harness.faults.zha.command_recorder import CommandRecorder
from tests.harness.instances.zha import ZhaInstance, zha_instance

SLOTS: Final = 10


class Kind(StrEnum):
    """What a lock shows of its codes."""

    SHOWS = "shows codes"
    FF = "0xFF"
    EMPTY = "nothing"
    REFUSES = "refuses"


_MASKS: Final = {
    Kind.FF: Mask.FF,
    Kind.EMPTY: Mask.EMPTY,
    Kind.REFUSES: Mask.REFUSED,
}


@dataclass(kw_only=True)
class ZhaFaultContext(ActionSchedule):
    """What a fault may take hold of."""

    instance: ZhaInstance
    wire: CommandRecorder
    front: LockNode

    @property
    def device(self) -> Any:
        """Return the lock as ZHA has it now."""
        return self.instance.network.zha_device(self.front)


@dataclass(frozen=True, kw_only=True)
class Fault(Expectations):
    """Something that goes wrong, and how much of it is allowed."""

    name: str
    inject: Callable[[ZhaFaultContext], object]
    """Called as the scenario begins, before anything is done."""
    at_most: int = 16
    kinds: tuple[Kind, ...] = tuple(Kind)
    habits: Callable[[LockNode], object] | None = None
    """What is so from the beginning."""
    sleep: Sleep | None = None
    revoked: bool = False
    """The person is switched off in the middle of the scenario."""


@dataclass(frozen=True)
class _ZhaLock:
    """A lock of the scenario."""

    instance: ZhaInstance
    wire: CommandRecorder
    node: LockNode

    def entity(self) -> er.RegistryEntry:
        return self.instance.network.lock_entity(self.node)

    def live(self) -> dict[int, str]:
        return {
            user: code.data.decode()
            for user, code in self.node.lock.memory.pins.items()
            if code.status == UserStatus.ENABLED
        }

    def is_kept(self) -> bool:
        code = self.node.lock.memory.pins.get(OURS)
        return code is not None and code.status != UserStatus.ENABLED

    def commands(self) -> Counter[str]:
        return self.wire.commands(self.node)

    def forget(self) -> None:
        self.wire.forget(self.node)


def run_scenario(fault: Fault, change: UserChange, kind: Kind = Kind.SHOWS) -> Outcome:
    """Run the scenario of a fault on virtual time."""
    return run_on_virtual_clock(_run(fault, change, kind))


async def _run(fault: Fault, change: UserChange, kind: Kind) -> Outcome:
    front, _ = nodes = [
        _lock(kind, Identity(0xD6F000000000000 + nwk, nwk, "Sim", name), sleep)
        for nwk, name, sleep in ((0x1001, "Front", fault.sleep), (0x1002, "Back", None))
    ]
    if fault.habits is not None:
        fault.habits(front)
    async with zha_instance(nodes) as instance:
        with PinLeakDetector((FIRST_PIN, SECOND_PIN, OTHER_PIN)) as leaks:
            wire = CommandRecorder(instance.mesh)
            front_door, back_door = (_ZhaLock(instance, wire, node) for node in nodes)
            scenario = SiteFaultScenario(
                instance.site, front_door, back_door, fault, change
            )
            await scenario.set_up()
            context = ZhaFaultContext(
                change=change, instance=instance, wire=wire, front=front
            )
            await scenario.run(lambda: fault.inject(context), context)
            return scenario.outcome(tuple(leaks.found))


def _lock(kind: Kind, identity: Identity, sleep: Sleep | None) -> LockNode:
    node = LockNode(DoorLock(Limits(pins=SLOTS + 1)), identity, sleep=sleep)
    node.delays.answer = 0.1
    if kind in _MASKS:
        node.lock.traits.shows_codes = False
        node.lock.traits.mask = _MASKS[kind]
    node.door.program(UNMANAGED_SLOT, UNMANAGED_PIN)
    return node
