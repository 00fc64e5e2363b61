"""Two Zigbee locks and two people; one lock has a fault while one slot is worked on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.helpers import entity_registry as er

from simulators.zigbee import DoorLock, Identity, Limits, LockNode, Mask, Sleep
from simulators.zigbee.terms import UserStatus
from tests.faults.scene import FIRST_PIN, SECOND_PIN, Doing
from tests.faults.stage import (
    OTHER_PIN,
    OURS,
    STRANGER,
    STRANGERS_PIN,
    Calendar,
    Promise,
    Run,
    Stage,
)
from tests.faults.watch import Leaks
from tests.virtual.run import run_virtually
from tests.virtual.zha_home import ZhaHome, zha_home

from .wire import Wire

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
class Scene(Calendar):
    """What a fault may take hold of."""

    home: ZhaHome
    wire: Wire
    front: LockNode

    @property
    def device(self) -> Any:
        """Return the lock as ZHA has it now."""
        return self.home.network.zha_device(self.front)


@dataclass(frozen=True, kw_only=True)
class Fault(Promise):
    """Something that goes wrong, and how much of it is allowed."""

    name: str
    strike: Callable[[Scene], object]
    """Called as the story begins, before anything is done."""
    at_most: int = 16
    kinds: tuple[Kind, ...] = tuple(Kind)
    habits: Callable[[LockNode], object] | None = None
    """What is so from the beginning."""
    sleep: Sleep | None = None
    revoked: bool = False
    """The person is switched off in the middle of the story."""


@dataclass(frozen=True)
class _Fitted:
    """A lock of the story."""

    home: ZhaHome
    wire: Wire
    node: LockNode

    def entity(self) -> er.RegistryEntry:
        return self.home.network.lock_entity(self.node)

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


def play(fault: Fault, doing: Doing, kind: Kind = Kind.SHOWS) -> Run:
    """Run the story of a fault on virtual time."""
    return run_virtually(_story(fault, doing, kind))


async def _story(fault: Fault, doing: Doing, kind: Kind) -> Run:
    front, _ = nodes = [
        _lock(kind, Identity(0xD6F000000000000 + nwk, nwk, "Sim", name), sleep)
        for nwk, name, sleep in ((0x1001, "Front", fault.sleep), (0x1002, "Back", None))
    ]
    if fault.habits is not None:
        fault.habits(front)
    async with zha_home(nodes) as home:
        with Leaks((FIRST_PIN, SECOND_PIN, OTHER_PIN)) as leaks:
            wire = Wire(home.mesh)
            front_door, back_door = (_Fitted(home, wire, node) for node in nodes)
            stage = Stage(home.house, front_door, back_door, fault, doing)
            await stage.set()
            scene = Scene(doing=doing, home=home, wire=wire, front=front)
            await stage.tell(lambda: fault.strike(scene), scene)
            return stage.outcome(tuple(leaks.found))


def _lock(kind: Kind, identity: Identity, sleep: Sleep | None) -> LockNode:
    node = LockNode(DoorLock(Limits(pins=SLOTS + 1)), identity, sleep=sleep)
    node.delays.answer = 0.1
    if kind in _MASKS:
        node.lock.traits.shows_codes = False
        node.lock.traits.mask = _MASKS[kind]
    node.door.program(STRANGER, STRANGERS_PIN)
    return node
