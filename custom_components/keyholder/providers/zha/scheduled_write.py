"""Write a code with a schedule so that it never works before its schedule does.

The schedule is written into the empty slot and verified by reads; then the code,
disabled and of the user type that obeys schedules; reads verify both, and only then the
user is enabled. A lock that takes schedules only for a user that exists gets the code,
disabled, before the schedule.
"""

from dataclasses import dataclass, replace
from functools import partial

from ...model.lock_schedule import LockSchedule
from ...model.provider_io import CodeTarget, Occupancy, WriteResult
from ..base import (
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
    ScheduleUnconfirmedError,
    TemporarilyRefusedError,
)
from ..door_lock_schedules import ScheduleType, encode
from ..rollback import CodeRollback
from .credentials import ZhaCredentials
from .schedules import ZhaSchedules


@dataclass(frozen=True, slots=True)
class ZhaScheduledWrite:
    """One write of a code with a schedule, into a slot that is empty."""

    codes: ZhaCredentials
    schedules: ZhaSchedules

    async def async_write(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> WriteResult:
        """Write the schedule and the code into the slot.

        Besides the cost of `ZhaSchedules.write`: 2 writes and 3 reads. A rollback is 1
        clear and 1 read, at most twice. Raises ScheduleRejectedError and
        LockUnreachableError with no enabled code in the slot.
        """
        encoded = encode(schedule)
        if encoded is None:
            raise ScheduleRejectedError("the lock cannot hold this schedule exactly")
        rollback = CodeRollback(
            partial(self.codes.async_clear, slot), partial(self.codes.async_read, slot)
        )
        needs_user = False
        try:
            await self.schedules.async_write(slot, schedule)
        except ScheduleRejectedError:
            needs_user = True
        await self.codes.async_write(slot, replace(target, enabled=False), encoded[0])
        await rollback.async_unless_done(
            self._verify_disabled_and_typed(slot, encoded[0])
        )
        if needs_user:
            await rollback.async_unless_done(self.schedules.async_write(slot, schedule))
        else:
            check = self.schedules.async_verify_first_entry(slot, schedule)
            await rollback.async_unless_done(check)
        if target.enabled:
            await rollback.async_unless_done(self.codes.async_enable(slot))
        return WriteResult.OPTIMISTIC

    async def _verify_disabled_and_typed(self, slot: int, kind: ScheduleType) -> None:
        """Verify that the code is disabled and its user of this type; 2 reads."""
        reading = await self.codes.async_read(slot)
        if reading.occupancy is Occupancy.UNKNOWN:
            raise LockUnreachableError("no answer about the slot")
        if reading.occupancy is Occupancy.NOT_USABLE:
            raise TemporarilyRefusedError("the lock does not show the slot")
        if not reading.occupancy.is_occupied or reading.enabled is not False:
            raise ScheduleRejectedError("the lock does not support disabled codes")
        try:
            user_type = await self.codes.async_kind_of(slot)
        except NotSupportedError as err:
            raise ScheduleRejectedError(
                "the lock does not report types of users"
            ) from err
        if user_type is None:
            raise ScheduleUnconfirmedError("no answer about the user")
        if user_type != kind:
            raise ScheduleRejectedError("the user of the code does not obey schedules")
