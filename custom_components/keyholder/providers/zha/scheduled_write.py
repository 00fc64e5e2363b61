"""Write a code with a schedule so that it never works before its schedule does.

The schedule is written into the empty slot and verified by reads; then the code,
disabled and of the user type that obeys schedules; reads verify both, and only then the
user is enabled. A lock that takes schedules only for a user that exists gets the code,
disabled, before the schedule.
"""

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from ...model.limits import LockSchedule
from ...model.provider_io import CodeTarget, Occupancy, SlotReading, WriteResult
from ..base import (
    LockUnreachableError,
    NotSupportedError,
    ProviderError,
    ScheduleRejectedError,
    ScheduleUnconfirmedError,
    TemporarilyRefusedError,
)
from ..door_lock_schedules import ScheduleType, encode
from .credentials import ZhaCredentials
from .schedules import ZhaSchedules

_CLEARS: Final = 2
"""How often a code is cleared again if the slot is not read as empty."""


@dataclass(frozen=True, slots=True)
class ZhaScheduledWrite:
    """One write of a code with a schedule, into a slot that is empty."""

    codes: ZhaCredentials
    schedules: ZhaSchedules

    async def write(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> WriteResult:
        """Write the schedule and the code into the slot.

        Besides the cost of `ZhaSchedules.put`: 2 writes and 3 reads. A rollback is 1 clear
        and 1 read, at most twice. Raises ScheduleRejectedError and LockUnreachableError
        with no enabled code in the slot.
        """
        encoded = encode(schedule)
        if encoded is None:
            raise ScheduleRejectedError("the lock cannot hold this schedule exactly")
        needs_user = False
        try:
            await self.schedules.put(slot, schedule)
        except ScheduleRejectedError:
            needs_user = True
        await self.codes.write(slot, replace(target, enabled=False), encoded[0])
        await self._rolling_back(
            slot, self._verify_disabled_and_typed(slot, encoded[0])
        )
        if needs_user:
            await self._rolling_back(slot, self.schedules.put(slot, schedule))
        else:
            check = self.schedules.verify_first_entry(slot, schedule)
            await self._rolling_back(slot, check)
        if target.enabled:
            await self._rolling_back(slot, self.codes.switch_on(slot))
        return WriteResult.OPTIMISTIC

    async def _verify_disabled_and_typed(self, slot: int, kind: ScheduleType) -> None:
        """Verify that the code is disabled and its user of this type; 2 reads."""
        reading = await self.codes.read(slot)
        if reading.occupancy is Occupancy.UNKNOWN:
            raise LockUnreachableError("no answer about the slot")
        if not reading.occupancy.is_occupied or reading.enabled is not False:
            raise ScheduleRejectedError("the lock does not support disabled codes")
        try:
            user_type = await self.codes.kind_of(slot)
        except NotSupportedError as err:
            raise ScheduleRejectedError(
                "the lock does not report types of users"
            ) from err
        if user_type is None:
            raise ScheduleUnconfirmedError("no answer about the user")
        if user_type != kind:
            raise ScheduleRejectedError("the user of the code does not obey schedules")

    async def _rolling_back(self, slot: int, step: Awaitable[None]) -> None:
        """Await the step; clear the slot if it fails."""
        try:
            await step
        except ScheduleRejectedError, TemporarilyRefusedError:
            await self._roll_back(slot)
            raise
        except LockUnreachableError:
            with suppress(ProviderError):
                await self.codes.clear(slot)
            raise

    async def _roll_back(self, slot: int) -> None:
        """Clear the slot and verify that it is empty.

        Raises LockUnreachableError if an enabled code may be left in it.
        """
        reading = SlotReading.unknown()
        for _ in range(_CLEARS):
            with suppress(TemporarilyRefusedError):
                await self.codes.clear(slot)
            reading = await self.codes.read(slot)
            if reading.occupancy is Occupancy.EMPTY:
                return
        if reading.enabled is not False:
            raise LockUnreachableError("the slot could not be verified as empty")
