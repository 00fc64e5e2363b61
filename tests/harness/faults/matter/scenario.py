"""Two Matter locks and two people; one lock has a fault while one slot is worked on."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.helpers import entity_registry as er

from simulators.matter import OHF, Dialect, FakeMatterServer, Identity, Node
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.faults.fault_scenario import (
    FIRST_PIN,
    OTHER,
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
from tests.harness.instances.matter import MatterInstance, matter_instance

_PIN: Final = 1
"""The type of a credential that is a PIN."""
_WORDS: Final = {"G": "ask", "S": "write", "C": "clear"}


@dataclass(kw_only=True)
class MatterFaultContext(ActionSchedule):
    """What a fault may take hold of."""

    server: FakeMatterServer
    front: Node


@dataclass(frozen=True)
class Fault(Expectations):
    """Something that goes wrong, and how much of it is allowed."""

    name: str
    inject: Callable[[MatterFaultContext], object]
    """Called as the scenario begins, before anything is done."""
    said: str = ""
    """The status, where the same was tried with several."""


@dataclass(frozen=True)
class _MatterLock:
    """A lock of the scenario."""

    instance: MatterInstance
    node: Node

    def entity(self) -> er.RegistryEntry:
        return self.instance.network.lock_entity(self.node.node_id)

    def live(self) -> dict[int, str]:
        return live(self.node)

    def is_kept(self) -> bool:
        memory = self.node.lock.memory
        held = memory.credentials.get((_PIN, OURS))
        return held is not None and not memory.users[held.user].enabled

    def commands(self) -> Counter[str]:
        return Counter(map(_word, self.node.calls))

    def forget(self) -> None:
        self.node.calls.clear()


def run_scenario(fault: Fault, change: UserChange, dialect: Dialect = OHF) -> Outcome:
    """Run the scenario of a fault on virtual time."""
    return run_on_virtual_clock(_run(fault, change, dialect))


async def _run(fault: Fault, change: UserChange, dialect: Dialect) -> Outcome:
    front, back = (
        Node(number, identity=Identity(product=name))
        for number, name in ((1, "Front"), (2, "Back"))
    )
    for node in (front, back):
        node.door.program(UNMANAGED_PIN, UNMANAGED_SLOT, UNMANAGED_SLOT)
    async with matter_instance([front, back], dialect=dialect) as instance:
        with PinLeakDetector((FIRST_PIN, SECOND_PIN, OTHER_PIN)) as leaks:
            scenario = SiteFaultScenario(
                instance.site,
                _MatterLock(instance, front),
                _MatterLock(instance, back),
                fault,
                change,
            )
            await scenario.set_up()
            context = MatterFaultContext(
                change=change, server=instance.server, front=front
            )
            await scenario.run(lambda: fault.inject(context), context)
            return scenario.outcome(tuple(leaks.found))


def live(node: Node) -> dict[int, str]:
    """Return the codes that open a lock, by slot."""
    memory = node.lock.memory
    return {
        index: held.data.decode()
        for (kind, index), held in memory.credentials.items()
        if kind == _PIN and memory.users[held.user].enabled
    }


def _word(call: tuple[str, Mapping[str, Any]]) -> str:
    """Return whether a command asks, writes or clears, and whether about others."""
    name, payload = call
    index = (payload.get("credential") or {}).get("credentialIndex")
    index = index or payload.get("userIndex")
    what = _WORDS[name[0]]
    return what if index not in (OTHER, UNMANAGED_SLOT) else f"other {what}"
