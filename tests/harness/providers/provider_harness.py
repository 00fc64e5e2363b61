"""A provider and its lock, from both ends, on any technology.

How to use it: take the fixture `harness` of `tests/providers`; it is parametrised with
all locks of `catalogue.py`. A new technology derives `ProviderHarness`, says the `Traits`
of its locks, and is named in the catalogue.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import override

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import (
    Action,
    Connected,
    LockEvent,
    Method,
)
from custom_components.keyholder.model.lock_schedule import (
    LockSchedule,
    ScheduleSupport,
)
from custom_components.keyholder.providers.base import LockProvider
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.networks.zwave import ZWaveNetwork


class ScheduleFault(StrEnum):
    """What may be wrong with a lock's own limits, by the simulator's name for it."""

    DROPS = "dropSchedules"
    """It accepts limits and does not store them."""
    KEEPS = "dropScheduleErases"
    """It accepts that limits are erased, and keeps them."""
    SILENT = "unansweredScheduleReads"
    """It does not answer what limits it holds."""
    NEEDS_CODE = "schedulesNeedCode"
    """It takes limits for a slot with a code only."""


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What is true of a lock, and the radio operations that each call may cost."""

    evidence: Evidence
    slots: int = 10
    """How many it has; the first is 1."""
    tells_refusals: bool = True
    """A code that it refuses is refused with a word."""
    masks: bool = False
    """It shows no codes, whatever its capabilities promise."""
    read_empty: int = 1
    read_occupied: int = 1
    write_new: int = 1
    write_over: int = 1
    clear: int = 1
    reports_changes: bool = True
    """It has to report what is changed at it."""
    loses_reports: bool = False
    """What it reports is lost to who is not connected just then."""
    schedules: ScheduleSupport | None = None
    limits_outlive_code: bool = True
    """What limits a code is left behind when that code is cleared."""
    switch: int | None = None
    """What it costs to switch a code off or on, None where it cannot."""
    unsayable: tuple[LockSchedule, ...] = ()
    """Limits of these tests that the lock cannot say exactly."""


class ProviderHarness(ABC):
    """What the contract does to a lock, in any technology."""

    provider: LockProvider

    def __init__(self, traits: Traits) -> None:
        """Know the lock's traits; `events` collects what a subscription brings."""
        self.traits = traits
        self.events: list[LockEvent] = []

    @property
    def shows_codes(self) -> bool:
        """Return whether a read brings the code itself."""
        return self.traits.evidence is Evidence.VALUE and not self.traits.masks

    @property
    def connected(self) -> Connected:
        """Return what says that the lock is there."""
        return Connected(events_missed=self.traits.loses_reports)

    @property
    def shows_occupancy(self) -> bool:
        """Return whether a read tells empty from occupied."""
        return self.traits.evidence.is_read_back

    @abstractmethod
    async def codes(self) -> dict[int, str]:
        """Return what is really in the lock."""

    @abstractmethod
    async def store(self, slot: int, code: str) -> None:
        """Put a code into the lock behind everybody's back."""

    @abstractmethod
    async def operations(self) -> int:
        """Return how often the lock was used since the last call."""

    @abstractmethod
    async def settle(self) -> None:
        """Wait until the events of all that happened so far are there."""

    @abstractmethod
    async def mute(self) -> None:
        """Let reads of codes go unanswered."""

    @abstractmethod
    async def drop_writes(self) -> None:
        """Let the lock accept codes and not store them."""

    @abstractmethod
    async def trouble(self, trouble: ScheduleFault) -> None:
        """Let something be wrong with the lock's own limits."""

    @abstractmethod
    async def was_unlimited(self, slot: int) -> bool:
        """Return whether a code of the slot has been live without its limits."""

    @abstractmethod
    async def die(self) -> None:
        """Let the lock vanish from the air."""

    @abstractmethod
    async def revive(self) -> None:
        """Let it come back, without a word."""

    @abstractmethod
    async def act(self, do: str, slot: int | None = None, code: str = "") -> None:
        """Do something at the door, by the simulator's name for it."""

    @abstractmethod
    async def lose_connection(self) -> None:
        """Lose the way to the lock for a moment."""

    @abstractmethod
    async def reload(self) -> None:
        """Reload the integration that the provider speaks through."""


class FakeHarness(ProviderHarness):
    """The lock in memory."""

    provider: FakeProvider

    def __init__(self, traits: Traits) -> None:
        """Make a lock with a code in slot 1."""
        super().__init__(traits)
        self.provider = FakeProvider(
            Profile(traits.evidence),
            codes={1: "9011"},
            schedules=traits.schedules,
            tells_makers=traits.switch is not None,
            switches_codes=traits.switch is not None,
        )

    @override
    async def codes(self) -> dict[int, str]:
        return self.provider.codes

    @override
    async def store(self, slot: int, code: str) -> None:
        self.provider.set_at_keypad(slot, code, reported=False)

    @override
    async def operations(self) -> int:
        counts = self.provider.counts
        total = counts.total
        counts.reads = counts.writes = counts.clears = counts.limits = 0
        counts.switches = 0
        return total

    @override
    async def settle(self) -> None:
        """Everything is reported at once."""

    @override
    async def mute(self) -> None:
        self.provider.faults.silent_reads = True

    @override
    async def drop_writes(self) -> None:
        self.provider.faults.drop_writes = True

    @override
    async def trouble(self, trouble: ScheduleFault) -> None:
        faults = self.provider.faults
        match trouble:
            case ScheduleFault.DROPS:
                faults.drop_limits = True
            case ScheduleFault.KEEPS:
                faults.keep_limits = True
            case ScheduleFault.SILENT:
                faults.silent_limits = True
            case ScheduleFault.NEEDS_CODE:
                faults.limits_need_code = True

    @override
    async def was_unlimited(self, slot: int) -> bool:
        return bool(self.provider.violations)

    @override
    async def die(self) -> None:
        self.provider.faults.unreachable = True

    @override
    async def revive(self) -> None:
        self.provider.faults.unreachable = False

    @override
    async def act(self, do: str, slot: int | None = None, code: str = "") -> None:
        lock = self.provider
        match do:
            case "keypad_unlock":
                lock.operate(Action.UNLOCK, Method.KEYPAD, slot)
            case "keypad_lock":
                lock.operate(Action.LOCK, Method.KEYPAD, slot)
            case "manual_unlock":
                lock.operate(Action.UNLOCK, Method.MANUAL)
            case "manual_lock":
                lock.operate(Action.LOCK, Method.MANUAL)
            case "auto_lock":
                lock.operate(Action.LOCK, Method.AUTO)
            case "jam":
                lock.jam()
            case "wrong_code":
                lock.deny()
            case "keypad_set_code":
                lock.set_at_keypad(slot or 0, code)
            case "keypad_delete_code":
                lock.delete_at_keypad(slot or 0)
            case "keypad_delete_all":
                lock.delete_all_at_keypad()
            case _:
                raise AssertionError(do)

    @override
    async def lose_connection(self) -> None:
        self.provider.disconnect()
        self.provider.connect()

    @override
    async def reload(self) -> None:
        await self.lose_connection()


class ZWaveHarness(ProviderHarness):
    """A simulated Z-Wave lock behind the real stack."""

    def __init__(
        self, traits: Traits, provider: LockProvider, network: ZWaveNetwork, node: int
    ) -> None:
        """Use one node of the test network."""
        super().__init__(traits)
        self.provider = provider
        self.network = network
        self.node = node

    @override
    async def codes(self) -> dict[int, str]:
        return await self.network.codes(self.node)

    @override
    async def store(self, slot: int, code: str) -> None:
        await self.network.act(self.node, "unreported_set_code", slot=slot, code=code)

    @override
    async def operations(self) -> int:
        return await self.network.operations(self.node)

    @override
    async def settle(self) -> None:
        await self.network.settle(self.node)

    @override
    async def mute(self) -> None:
        await self.network.faults(self.node, unansweredReads=True)

    @override
    async def drop_writes(self) -> None:
        await self.network.faults(self.node, dropWrites=True)

    @override
    async def trouble(self, trouble: ScheduleFault) -> None:
        await self.network.faults(self.node, **{trouble.value: True})

    @override
    async def was_unlimited(self, slot: int) -> bool:
        return slot in (await self.network.truth(self.node))["unrestricted"]

    @override
    async def die(self) -> None:
        await self.network.faults(self.node, dead=True)

    @override
    async def revive(self) -> None:
        await self.network.faults(self.node, dead=False)

    @override
    async def act(self, do: str, slot: int | None = None, code: str = "") -> None:
        details: dict[str, int | str] = {}
        if slot is not None:
            details["userId" if do in ("keypad_unlock", "keypad_lock") else "slot"] = (
                slot
            )
        if code:
            details["code"] = code
        await self.network.act(self.node, do, **details)

    @override
    async def lose_connection(self) -> None:
        await self.network.drop_connection()

    @override
    async def reload(self) -> None:
        await self.network.reload()
