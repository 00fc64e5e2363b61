"""Two locks behind one bridge, and two people; one lock has a fault while one slot is worked on."""

from collections import Counter
from dataclasses import dataclass
import json
from typing import Any, Final

from homeassistant.helpers import entity_registry as er

from simulators.zigbee import DoorLock, Identity, Limits, LockNode
from simulators.zigbee.terms import UserStatus
from simulators.zigbee2mqtt import Broker, Definition, Device
from tests.faults.scene import FIRST_PIN, SECOND_PIN, Doing
from tests.faults.stage import (
    OTHER,
    OTHER_PIN,
    OURS,
    STRANGER,
    STRANGERS_PIN,
    Run,
    Stage,
)
from tests.faults.watch import Leaks
from tests.virtual.run import run_virtually
from tests.virtual.zigbee2mqtt_home import zigbee2mqtt_home

from .fault import Fault, Kind, Scene

_USERS: Final = 20
_DEFINITION: Final = Definition("Danalock", "V3-BTZB/V3-BTZBE", pin_code_count=_USERS)


@dataclass
class _Fitted:
    """A lock of the story."""

    broker: Broker
    device: Device
    name: str
    lock: er.RegistryEntry
    """This and the name are those from before: a fault may change both."""
    since: int = 0
    """How much had been published before what counts."""

    def entity(self) -> er.RegistryEntry:
        return self.lock

    def live(self) -> dict[int, str]:
        return {
            user: code.data.decode()
            for user, code in self.device.node.lock.memory.pins.items()
            if code.status == UserStatus.ENABLED
        }

    def is_kept(self) -> bool:
        code = self.device.node.lock.memory.pins.get(OURS)
        return code is not None and code.status != UserStatus.ENABLED

    def commands(self) -> Counter[str]:
        sent: Counter[str] = Counter()
        for message in self.broker.log[self.since :]:
            _, _, kind = message.topic.rpartition(f"/{self.name}/")
            if kind not in ("get", "set"):
                continue
            about = json.loads(message.payload).get("pin_code")
            if isinstance(about, dict):
                sent[_word(kind, about)] += 1
        return sent

    def forget(self) -> None:
        self.since = len(self.broker.log)


def play(fault: Fault, doing: Doing, kind: Kind) -> Run:
    """Run the story of a fault on virtual time."""
    return run_virtually(_story(fault, doing, kind))


async def _story(fault: Fault, doing: Doing, kind: Kind) -> Run:
    front, back = _device("Front", 0x33, kind), _device("Back", 0x44, kind)
    async with zigbee2mqtt_home([front, back]) as home:
        with Leaks((FIRST_PIN, SECOND_PIN, OTHER_PIN)) as leaks:
            front_door, back_door = (
                _Fitted(
                    home.broker, device, device.name, home.network.lock_entity(device)
                )
                for device in (front, back)
            )
            stage = Stage(home.house, front_door, back_door, fault, doing)
            await stage.set()
            scene = Scene(
                doing=doing, broker=home.broker, bridge=home.bridge, front=front
            )
            await stage.tell(lambda: fault.strike(scene), scene)
            return stage.outcome(tuple(leaks.found))


def _device(name: str, number: int, kind: Kind) -> Device:
    lock = DoorLock(limits=Limits(pins=_USERS - 1, first_user=1))
    lock.traits.shows_codes = kind is not Kind.MASKED
    identity = Identity(ieee=0x000D6F0011223300 + number, nwk=0x5500 + number)
    node = LockNode(lock, identity)
    node.door.program(STRANGER, STRANGERS_PIN)
    options: dict[str, Any] = {"expose_pin": kind is not Kind.PRESENCE}
    if kind is not Kind.REPEATING:
        options["filtered_cache"] = ["users"]
    return Device(node, name, _DEFINITION, options)


def _word(kind: str, about: dict[str, Any]) -> str:
    """Return whether a message asks, writes or clears, and whether about others."""
    what = "ask"
    if kind == "set":
        what = "clear" if about["pin_code"] is None else "write"
    return what if about["user"] not in (OTHER, STRANGER) else f"other {what}"
