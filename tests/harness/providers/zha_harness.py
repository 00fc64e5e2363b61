"""A simulated Zigbee lock on the bench, behind Home Assistant's own ZHA."""

from dataclasses import replace
from typing import Final, override

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from custom_components.keyholder.providers.base import LockProvider
from simulators.zigbee import Command, DoorLock, Limits, LockNode, Mask, Presence
from simulators.zigbee.faults import not_acknowledged, silently_dropped
from simulators.zigbee.memory import Code
from simulators.zigbee.node import Message
from simulators.zigbee.terms import UserType
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.providers.provider_harness import (
    ProviderHarness,
    ScheduleFault,
    Traits,
)
from tests.harness.providers.schedules import CLEANING

VALUE: Final = Traits(
    evidence=Evidence.VALUE, reports_changes=False, loses_reports=True
)
PRESENCE: Final = replace(VALUE, evidence=Evidence.PRESENCE)
ZHA: Final = {
    "zha": VALUE,
    "zha masked": PRESENCE,
    "zha masked empty": PRESENCE,
    "zha masked refused": replace(PRESENCE, read_occupied=2),
    "zha with schedules": replace(
        VALUE,
        write_new=2,
        write_over=2,
        schedules=ScheduleSupport(week_days=2, daily=2, year_days=2),
        # What binds a code is the type of its user, which goes with the code
        limits_outlive_code=False,
        # No schedule of Zigbee crosses midnight
        unsayable=(CLEANING,),
    ),
}
EVERYWHERE: Final = ("zha", "zha masked")
"""Those that the whole suite is run on; the others differ in a few commands only."""
_MASKS: Final = {
    "zha masked": Mask.FF,
    "zha masked empty": Mask.EMPTY,
    "zha masked refused": Mask.REFUSED,
}
_ENABLED: Final = 1


def small_lock(name: str = "zha") -> LockNode:
    """Return a lock of ten slots from 1, as it is called on the bench."""
    entries = ZHA[name].schedules
    limits = Limits(
        pins=11,
        wrong_codes=9,
        week_days_per_user=entries.week_days if entries else 0,
        year_days_per_user=entries.year_days if entries else 0,
    )
    node = LockNode(DoorLock(limits))
    if name in _MASKS:
        node.lock.traits.shows_codes = False
        node.lock.traits.mask = _MASKS[name]
    return node


class ZhaHarness(ProviderHarness):
    """The first lock of the simulated network."""

    def __init__(
        self, traits: Traits, provider: LockProvider, network: ZhaNetwork
    ) -> None:
        """Use the network."""
        super().__init__(traits)
        self.provider = provider
        self.network = network
        self.node = network.node
        self._unlimited: set[int] = set()
        self._transmit = self.node.transmit
        self.node.transmit = self._watch

    @override
    async def codes(self) -> dict[int, str]:
        return self.node.pins()

    @override
    async def store(self, slot: int, code: str) -> None:
        self.node.lock.memory.pins[slot] = Code(_ENABLED, 0, code.encode())

    @override
    async def operations(self) -> int:
        count = len(self.node.received) + self.node.attribute_reads
        self.node.received.clear()
        self.node.attribute_reads = 0
        return count

    @override
    async def settle(self) -> None:
        await self.network.settle()

    @override
    async def mute(self) -> None:
        self.node.presence = Presence.UNREACHABLE

    @override
    async def drop_writes(self) -> None:
        self.node.faults.add(Command.SET_PIN, silently_dropped(), None)

    @override
    async def trouble(self, trouble: ScheduleFault) -> None:
        faults = self.node.faults
        match trouble:
            case ScheduleFault.DROPS:
                for command in (Command.SET_WEEK_DAY, Command.SET_YEAR_DAY):
                    faults.add(command, silently_dropped(), None)
            case ScheduleFault.KEEPS:
                for command in (Command.CLEAR_WEEK_DAY, Command.CLEAR_YEAR_DAY):
                    faults.add(command, silently_dropped(), None)
            case ScheduleFault.SILENT:
                for command in (Command.GET_WEEK_DAY, Command.GET_YEAR_DAY):
                    faults.add(command, not_acknowledged(), None)
            case ScheduleFault.NEEDS_CODE:
                self.node.lock.traits.schedule_needs_user = True

    @override
    async def was_unlimited(self, slot: int) -> bool:
        return slot in self._unlimited

    @override
    async def die(self) -> None:
        self.node.presence = Presence.UNREACHABLE

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
                assert door.program(slot or 0, code) == 0
            case "keypad_delete_code":
                door.delete_pin(slot or 0)
            case "keypad_delete_all":
                door.delete_all_pins()
            case _:
                raise AssertionError(do)

    @override
    async def lose_connection(self) -> None:
        await self.network.lose_link()

    @override
    async def reload(self) -> None:
        await self.network.reload()

    def _watch(self, message: Message, delay: float) -> None:
        """Look at all codes whenever the lock says something."""
        for slot, code in self.node.lock.memory.pins.items():
            if code.status == _ENABLED and code.kind == UserType.UNRESTRICTED:
                self._unlimited.add(slot)
        self._transmit(message, delay)
