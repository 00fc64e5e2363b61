"""A simulated Matter lock on the bench, behind Home Assistant's own integration."""

from typing import Final, override

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from custom_components.keyholder.providers.base import LockProvider
from custom_components.keyholder.providers.matter.user_registry import ownership_tag
from simulators.matter import AT_THE_LOCK, OURS, DoorLock, Limits, Node
from simulators.matter.events import LockEvent
from simulators.matter.faults import command_lost, silently_dropped
from simulators.matter.memory import Credential, User
from simulators.matter.terms import ALL, UserStatus, UserType
from simulators.matter.users import clear_user
from tests.harness.networks.matter import MatterNetwork
from tests.harness.providers.provider_harness import (
    ProviderHarness,
    ScheduleFault,
    Traits,
)
from tests.harness.providers.schedules import CLEANING

PIN_TYPE: Final = 1
SMALL: Final = Limits(
    users=12, pins=10, week_days_per_user=2, year_days_per_user=2, wrong_codes=9
)

MATTER: Final = {
    "matter": Traits(
        evidence=Evidence.PRESENCE,
        read_occupied=2,
        write_new=2,
        write_over=5,
        clear=4,
        switch=2,
        loses_reports=True,
        schedules=ScheduleSupport(week_days=2, daily=2, year_days=2),
        limits_outlive_code=False,
        # No schedule of Matter crosses midnight
        unsayable=(CLEANING,),
    )
}


def small_node() -> Node:
    """Return a lock of ten slots."""
    return Node(locks={1: DoorLock(limits=SMALL)})


class MatterHarness(ProviderHarness):
    """The lock of the first node of the fake server."""

    def __init__(
        self, traits: Traits, provider: LockProvider, network: MatterNetwork
    ) -> None:
        """Use the network, and watch for codes that are live without limits."""
        super().__init__(traits)
        self.provider = provider
        self.network = network
        self.node = network.node
        self._unlimited: set[int] = set()
        self._tell = self.node.lock.on_event
        self.node.lock.on_event = self._watch

    @override
    async def codes(self) -> dict[int, str]:
        held = self.node.lock.memory.credentials
        return {
            index: one.data.decode()
            for (kind, index), one in held.items()
            if kind == PIN_TYPE
        }

    @override
    async def store(self, slot: int, code: str) -> None:
        """Store it as if another run of Keyholder had: the lock keeps others' from us."""
        memory, us = self.node.lock.memory, OURS.fabric
        memory.users.setdefault(
            slot,
            User(
                name="before",
                unique_id=ownership_tag(slot),
                status=UserStatus.ENABLED,
                kind=UserType.UNRESTRICTED,
                rule=0,
                creator=us,
                modified=us,
            ),
        )
        memory.credentials[PIN_TYPE, slot] = Credential(code.encode(), slot, us, us)

    @override
    async def operations(self) -> int:
        count = len(self.node.calls)
        self.node.calls.clear()
        return count

    @override
    async def settle(self) -> None:
        await self.network.settle()

    @override
    async def mute(self) -> None:
        self.node.faults.add("GetCredentialStatus", command_lost(), None)

    @override
    async def drop_writes(self) -> None:
        self.node.faults.add("SetCredential", silently_dropped(), None)

    @override
    async def trouble(self, trouble: ScheduleFault) -> None:
        kinds = ("WeekDay", "YearDay")
        for kind in kinds:
            match trouble:
                case ScheduleFault.DROPS:
                    self.node.faults.add(f"Set{kind}Schedule", silently_dropped(), None)
                case ScheduleFault.KEEPS:
                    self.node.faults.add(
                        f"Clear{kind}Schedule", silently_dropped(), None
                    )
                case ScheduleFault.SILENT:
                    self.node.faults.add(f"Get{kind}Schedule", command_lost(), None)
                case ScheduleFault.NEEDS_CODE:
                    """Schedules are a user's, who has the code first in any case."""

    @override
    async def was_unlimited(self, slot: int) -> bool:
        return slot in self._unlimited

    @override
    async def die(self) -> None:
        self.node.reachable = False

    @override
    async def revive(self) -> None:
        self.node.reachable = True

    @override
    async def act(self, do: str, slot: int | None = None, code: str = "") -> None:
        door, unlock = self.node.door, do.endswith("_unlock")
        match do:
            case "keypad_unlock" | "keypad_lock":
                assert slot is not None
                if slot not in await self.codes():
                    await self.store(slot, f"907{slot:03}")
                assert door.enter((await self.codes())[slot], unlock=unlock)
            case "manual_unlock" | "manual_lock":
                door.turn(unlock=unlock)
            case "auto_lock":
                door.lock_itself()
            case "jam":
                door.jam()
            case "wrong_code":
                assert not door.enter("000000")
            case "keypad_set_code":
                door.program(code, slot or 0)
            case "keypad_delete_code":
                door.delete_pin(slot or 0)
            case "keypad_delete_all":
                clear_user(self.node.lock, ALL, AT_THE_LOCK)
            case _:
                raise AssertionError(do)

    @override
    async def lose_connection(self) -> None:
        await self.network.drop_connection()

    @override
    async def reload(self) -> None:
        await self.network.reload()

    def _watch(self, reported: LockEvent) -> None:
        memory = self.node.lock.memory
        for (kind, slot), held in memory.credentials.items():
            user = memory.users[held.user]
            unlimited = user.kind == UserType.UNRESTRICTED
            if kind == PIN_TYPE and user.enabled and unlimited:
                self._unlimited.add(slot)
        self._tell(reported)
