"""Control channel of the simulated stick: HTTP with JSON, for the demo and tests.

`POST /act` with `{"do": "enter", "pin": "907153"}` is answered by `{"result": …}`. A lock
other than the first is named by its address: `"nwk": 4660`. `GET /dump` is the truth.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from simulators.common.control_channel import ControlChannel

from . import faults
from .faults import Fault
from .limits import Mask, Traits
from .lock_node import LockNode
from .node import Presence
from .stick import Stick
from .terms import Attribute, Command, DoorState

type Request = dict[str, Any]

FAULTS: dict[str, Callable[..., Fault]] = {
    maker.__name__: maker
    for maker in (
        faults.about_another,
        faults.applied_then_refused,
        faults.cut_short,
        faults.default_response,
        faults.not_acknowledged,
        faults.notified_first,
        faults.refused,
        faults.done_late,
        faults.reply_lost,
        faults.request_lost,
        faults.silently_dropped,
        faults.slow,
    )
}
KEYPAD_ACTIONS = (
    "change_master_code",
    "delete_all_pins",
    "delete_pin",
    "enter",
    "factory_reset",
    "follow_schedule",
    "jam",
    "lock_itself",
    "program",
    "touch",
    "turn",
    "turn_key",
)
"""What `KeypadUser` can do with arguments that JSON knows."""


class Control:
    """Answers requests about the locks and the stick."""

    def __init__(
        self, stick: Stick, locks: list[LockNode], changed: Callable[[], None]
    ) -> None:
        """Control these; `changed` is called when one of them may have changed."""
        self._stick = stick
        self._locks = locks
        self.channel = ControlChannel(
            {
                "POST /act": lambda request: {"result": self._answer(request)},
                "GET /dump": lambda _: self._truth(self._locks[0]),
            },
            changed,
            AttributeError,
        )

    def _answer(self, request: Request) -> object:
        """Do what is asked for."""
        do, node = request.pop("do"), self._lock(request.pop("nwk", None))
        if do in KEYPAD_ACTIONS:
            return getattr(node.door, do)(**request)
        match do:
            case "join":
                node.join()
            case "truth":
                return self._truth(node)
            case "received":
                received = [command.name for command, _ in node.received]
                node.received.clear()
                return received
            case "push":
                node.door.push(DoorState[request["state"]])
            case "traits":
                _change(node.lock.traits, request)
            case "delays":
                node.delays.answer = request["answer"]
            case "presence":
                node.presence = Presence[request["presence"]]
            case "fault":
                self._add_fault(node, request)
            case "clear_faults":
                node.faults.clear()
            case "drop":
                self._stick.drop()
            case _:
                raise ValueError(do)
        return None

    def _lock(self, nwk: int | None) -> LockNode:
        if nwk is None:
            return self._locks[0]
        return next(node for node in self._locks if node.addresses.nwk == nwk)

    def _add_fault(self, node: LockNode, request: Request) -> None:
        met = request.pop("command")
        count = request.pop("count", 1)
        fault = FAULTS[request.pop("fault")](**request)
        node.faults.add(None if met == "*" else Command[met], fault, count)

    def _truth(self, node: LockNode) -> dict[str, object]:
        return {
            "pins": {
                str(user): {"pin": code.data.decode(), "status": code.status}
                for user, code in node.lock.memory.pins.items()
            },
            "state": node.lock.state.name,
            "attributes": {
                Attribute(number).name: value
                for number, value in node.lock.attributes().items()
                if isinstance(value, int)
            },
            "joined": node.joined,
            "bound": sorted(node.bound),
            "host": self._stick.has_host,
        }


def _change(traits: Traits, wanted: Request) -> None:
    known = {field.name for field in fields(traits)}
    for name, value in wanted.items():
        if name not in known:
            raise ValueError(name)
        match name:
            case "mask":
                traits.mask = Mask(value)
            case "missing":
                traits.missing = frozenset(Command[command] for command in value)
            case "hidden_attributes":
                hidden = frozenset(Attribute[attribute] for attribute in value)
                traits.hidden_attributes = hidden
            case _:
                setattr(traits, name, value)
