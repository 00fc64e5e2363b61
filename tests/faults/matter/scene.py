"""Two Matter locks and two people; one lock has a fault while one slot is worked on."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.helpers import entity_registry as er

from simulators.matter import OHF, Dialect, FakeMatterServer, Identity, Node
from tests.faults.scene import FIRST_PIN, SECOND_PIN, Doing
from tests.faults.stage import (
    OTHER,
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
from tests.virtual.matter_home import MatterHome, matter_home
from tests.virtual.run import run_virtually

_PIN: Final = 1
"""The type of a credential that is a PIN."""
_WORDS: Final = {"G": "ask", "S": "write", "C": "clear"}


@dataclass(kw_only=True)
class Scene(Calendar):
    """What a fault may take hold of."""

    server: FakeMatterServer
    front: Node


@dataclass(frozen=True)
class Fault(Promise):
    """Something that goes wrong, and how much of it is allowed."""

    name: str
    strike: Callable[[Scene], object]
    """Called as the story begins, before anything is done."""
    said: str = ""
    """The status, where the same was tried with several."""


@dataclass(frozen=True)
class _Fitted:
    """A lock of the story."""

    home: MatterHome
    node: Node

    def entity(self) -> er.RegistryEntry:
        return self.home.network.lock_entity(self.node.node_id)

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


def play(fault: Fault, doing: Doing, dialect: Dialect = OHF) -> Run:
    """Run the story of a fault on virtual time."""
    return run_virtually(_story(fault, doing, dialect))


async def _story(fault: Fault, doing: Doing, dialect: Dialect) -> Run:
    front, back = (
        Node(number, identity=Identity(product=name))
        for number, name in ((1, "Front"), (2, "Back"))
    )
    for node in (front, back):
        node.door.program(STRANGERS_PIN, STRANGER, STRANGER)
    async with matter_home([front, back], dialect=dialect) as home:
        with Leaks((FIRST_PIN, SECOND_PIN, OTHER_PIN)) as leaks:
            stage = Stage(
                home.house, _Fitted(home, front), _Fitted(home, back), fault, doing
            )
            await stage.set()
            scene = Scene(doing=doing, server=home.server, front=front)
            await stage.tell(lambda: fault.strike(scene), scene)
            return stage.outcome(tuple(leaks.found))


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
    return what if index not in (OTHER, STRANGER) else f"other {what}"
