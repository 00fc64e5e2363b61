"""What Home Assistant sends to Zigbee locks, whether they hear it or not."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from simulators.zigbee import Command, LockNode, Mesh
from simulators.zigbee.node import Message, Node
from simulators.zigbee.terms import Cluster
from simulators.zigbee.zcl import Frame
from tests.harness.faults.fault_scenario import OTHER
from tests.harness.faults.site_scenario import UNMANAGED_SLOT

_WORDS: Final = {"G": "ask", "S": "write", "C": "clear"}


class CommandRecorder:
    """Counts the commands to the door lock clusters of a network.

    All that zigpy sends counts, also what it sends again.
    """

    def __init__(self, mesh: Mesh) -> None:
        """Look at all that is sent from now on."""
        self._send = mesh.send
        self._sent: dict[Node, list[tuple[Command, int]]] = {}
        self._waiting: dict[tuple[Node, Command], Callable[[], object]] = {}
        mesh.send = self._look  # type: ignore[method-assign]

    def when(self, node: LockNode, command: Command, act: Callable[[], object]) -> None:
        """Let something happen right after a command is sent for the first time."""
        self._waiting[node, command] = act

    def commands(self, node: LockNode) -> Counter[str]:
        """Count what was sent to a lock since `forget`."""
        return Counter(_word(*each) for each in self._sent.get(node, ()))

    def forget(self, node: LockNode) -> None:
        """Count from now on."""
        self._sent.pop(node, None)

    def _look(
        self, node: Node | None, message: Message, done: Callable[[bool], None]
    ) -> None:
        self._send(node, message, done)
        if node is None or message.cluster != Cluster.DOOR_LOCK:
            return
        frame = Frame.parse(message.data)
        if frame.general or frame.command not in Command:
            return
        command = Command(frame.command)
        self._sent.setdefault(node, []).append((command, _user(command, frame.payload)))
        if (act := self._waiting.pop((node, command), None)) is not None:
            act()


def _user(command: Command, payload: bytes) -> int:
    at = 1 if "_DAY" in command.name else 0
    return int.from_bytes(payload[at : at + 2], "little")


def _word(command: Command, user: int) -> str:
    word = _WORDS[command.name[0]]
    return f"other {word}" if user in (OTHER, UNMANAGED_SLOT) else word
