"""Two locks behind one bridge, and two people; one lock has a fault while one slot is worked on."""

from collections import Counter
from dataclasses import dataclass
import json
from typing import Any, Final

from homeassistant.helpers import entity_registry as er

from simulators.zigbee import DoorLock, Identity, Limits, LockNode
from simulators.zigbee.terms import UserStatus
from simulators.zigbee2mqtt import Broker, Definition, Device
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.faults.fault_scenario import (
    FIRST_PIN,
    OTHER,
    OTHER_PIN,
    OURS,
    SECOND_PIN,
    UserChange,
)
from tests.harness.faults.sensor_recorder import PinLeakDetector
from tests.harness.faults.site_scenario import (
    UNMANAGED_PIN,
    UNMANAGED_SLOT,
    Outcome,
    SiteFaultScenario,
)
from tests.harness.faults.zigbee2mqtt.fault import Fault, Kind, Zigbee2MqttFaultContext
from tests.harness.instances.zigbee2mqtt import zigbee2mqtt_instance

_USERS: Final = 20
_DEFINITION: Final = Definition("Danalock", "V3-BTZB/V3-BTZBE", pin_code_count=_USERS)


@dataclass
class _Zigbee2MqttLock:
    """A lock of the scenario."""

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


def run_scenario(fault: Fault, change: UserChange, kind: Kind) -> Outcome:
    """Run the scenario of a fault on virtual time."""
    return run_on_virtual_clock(_run(fault, change, kind))


async def _run(fault: Fault, change: UserChange, kind: Kind) -> Outcome:
    front, back = _device("Front", 0x33, kind), _device("Back", 0x44, kind)
    async with zigbee2mqtt_instance([front, back]) as instance:
        with PinLeakDetector((FIRST_PIN, SECOND_PIN, OTHER_PIN)) as leaks:
            front_door, back_door = (
                _Zigbee2MqttLock(
                    instance.broker,
                    device,
                    device.name,
                    instance.network.lock_entity(device),
                )
                for device in (front, back)
            )
            scenario = SiteFaultScenario(
                instance.site, front_door, back_door, fault, change
            )
            await scenario.set_up()
            context = Zigbee2MqttFaultContext(
                change=change,
                broker=instance.broker,
                bridge=instance.bridge,
                front=front,
            )
            await scenario.run(lambda: fault.inject(context), context)
            return scenario.outcome(tuple(leaks.found))


def _device(name: str, number: int, kind: Kind) -> Device:
    lock = DoorLock(limits=Limits(pins=_USERS - 1, first_user=1))
    lock.traits.shows_codes = kind is not Kind.MASKED
    identity = Identity(ieee=0x000D6F0011223300 + number, nwk=0x5500 + number)
    node = LockNode(lock, identity)
    node.door.program(UNMANAGED_SLOT, UNMANAGED_PIN)
    options: dict[str, Any] = {"expose_pin": kind is not Kind.PRESENCE}
    if kind is not Kind.REPEATING:
        options["filtered_cache"] = ["users"]
    return Device(node, name, _DEFINITION, options)


def _word(kind: str, about: dict[str, Any]) -> str:
    """Return whether a message asks, writes or clears, and whether about others."""
    what = "ask"
    if kind == "set":
        what = "clear" if about["pin_code"] is None else "write"
    return what if about["user"] not in (OTHER, UNMANAGED_SLOT) else f"other {what}"
