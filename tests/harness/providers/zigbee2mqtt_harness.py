"""A simulated lock behind the stand-in of Zigbee2MQTT, on the bench."""

from dataclasses import replace
from typing import Final, override

from homeassistant.const import STATE_UNAVAILABLE

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.providers.base import LockProvider
from simulators.zigbee import Command, DoorLock, Limits, LockNode, Presence
from simulators.zigbee.faults import request_lost, silently_dropped
from simulators.zigbee.memory import Code
from simulators.zigbee.terms import UserStatus, UserType
from simulators.zigbee2mqtt import Definition, Device
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.providers.provider_harness import (
    ProviderHarness,
    ScheduleFault,
    Traits,
)
from tests.harness.waiting import wait_for

USERS: Final = 20
"""Counted from 0, which is no slot."""
DANALOCK: Final = Definition(
    vendor="Danalock", model="V3-BTZB/V3-BTZBE", pin_code_count=USERS
)

_SHOWN: Final = Traits(
    evidence=Evidence.VALUE,
    slots=USERS - 1,
    reports_changes=False,
    loses_reports=True,
    tells_refusals=False,
)
ZIGBEE2MQTT: Final = {
    "zigbee2mqtt": _SHOWN,
    # What says nothing new is asked for twice, and nothing has arrived yet
    "zigbee2mqtt repeating": replace(_SHOWN, read_empty=2, read_occupied=2),
    "zigbee2mqtt masked": Traits(
        evidence=Evidence.VALUE,
        masks=True,
        slots=USERS - 1,
        reports_changes=False,
        loses_reports=True,
        tells_refusals=False,
    ),
    "zigbee2mqtt hidden": Traits(
        evidence=Evidence.PRESENCE,
        slots=USERS - 1,
        reports_changes=False,
        loses_reports=True,
        tells_refusals=False,
    ),
}


def small_device(name: str = "zigbee2mqtt") -> Device:
    """Return a lock with few users, and with the options of a bench."""
    lock = DoorLock(limits=Limits(pins=USERS - 1, first_user=1))
    lock.traits.shows_codes = name != "zigbee2mqtt masked"
    device = Device(LockNode(lock), definition=DANALOCK)
    device.options["expose_pin"] = name != "zigbee2mqtt hidden"
    if name != "zigbee2mqtt repeating":
        device.options["filtered_cache"] = ["users"]
    return device


class Zigbee2MqttHarness(ProviderHarness):
    """The first lock of the stand-in."""

    def __init__(
        self, traits: Traits, provider: LockProvider, network: Zigbee2MqttNetwork
    ) -> None:
        """Use the network."""
        super().__init__(traits)
        self.provider = provider
        self.network = network
        self.node = network.node

    @override
    async def codes(self) -> dict[int, str]:
        await self.network.arrive()
        return self.node.pins()

    @override
    async def store(self, slot: int, code: str) -> None:
        self.node.lock.memory.pins[slot] = Code(
            UserStatus.ENABLED, UserType.UNRESTRICTED, code.encode()
        )

    @override
    async def operations(self) -> int:
        await self.network.arrive()
        count = len(self.node.received)
        self.node.received.clear()
        return count

    @override
    async def settle(self) -> None:
        await self.network.settle()

    @override
    async def mute(self) -> None:
        self.node.faults.add(Command.GET_PIN, request_lost(), None)

    @override
    async def drop_writes(self) -> None:
        self.node.faults.add(Command.SET_PIN, silently_dropped(reported=False), None)

    @override
    async def trouble(self, trouble: ScheduleFault) -> None:
        raise AssertionError("it has no limits that could be in trouble")

    @override
    async def was_unlimited(self, slot: int) -> bool:
        return False

    @override
    async def die(self) -> None:
        self.node.presence = Presence.UNREACHABLE
        self.network.bridge.set_availability(self.network.device, available=False)
        await wait_for(lambda: self.network.state() == STATE_UNAVAILABLE)

    @override
    async def revive(self) -> None:
        self.node.presence = Presence.ONLINE

    @override
    async def act(self, do: str, slot: int | None = None, code: str = "") -> None:
        door, unlock = self.node.door, do.endswith("_unlock")
        match do:
            case "keypad_unlock" | "keypad_lock":
                assert slot is not None
                if slot not in self.node.pins():
                    await self.store(slot, f"907{slot:03}")
                assert door.enter(self.node.pins()[slot], unlock=unlock)
            case "manual_unlock" | "manual_lock":
                door.turn(unlock=unlock)
            case "auto_lock":
                door.lock_itself()
            case "jam":
                door.jam()
            case "wrong_code":
                assert not door.enter("000000")
            case "keypad_set_code":
                door.program(slot or 0, code)
            case "keypad_delete_code":
                door.delete_pin(slot or 0)
            case "keypad_delete_all":
                door.delete_all_pins()
            case _:
                raise AssertionError(do)

    @override
    async def lose_connection(self) -> None:
        await self.network.drop_connection()

    @override
    async def reload(self) -> None:
        await self.network.reload()
