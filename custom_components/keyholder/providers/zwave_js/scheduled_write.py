"""Write a code with a schedule so that it never works before its schedule does.

Two orders of commands, both without a moment in which the code works and its schedule
does not. First: the schedule into the empty slot, verified by a read, then the code. A
lock that takes schedules only for a user that exists gets the code disabled, then the
schedule, and then the code again, enabled.

Some locks may erase the schedule of a slot when a code is written. No order of commands
helps with them, so one entry is read again after the code; if it is missing, the code
is cleared too.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from ...model.lock_schedule import LockSchedule
from ...model.provider_io import CodeTarget, Occupancy, SlotReading, WriteResult
from ..base import (
    LockUnreachableError,
    ScheduleRejectedError,
    TemporarilyRefusedError,
)
from ..rollback import CodeRollback
from .schedules import ZwaveSchedules
from .user_code import UserCodes


@dataclass(frozen=True, slots=True, kw_only=True)
class ZwaveScheduledWrite:
    """One write of a code with a schedule, into a slot that is empty.

    `read` reads a slot from the lock.
    """

    codes: UserCodes
    schedules: ZwaveSchedules
    read: Callable[[int], Awaitable[SlotReading]]

    async def async_write(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> WriteResult:
        """Write the schedule and then the code into the slot.

        Besides the cost of `ZwaveSchedules.write`: 1 write, and 1 read if there is a
        schedule; in the second order 1 write and 1 read more, and the cost of the
        schedule once more. A rollback is 1 clear and 1 read, at most twice. Raises
        ScheduleRejectedError and LockUnreachableError with no enabled code in the slot.
        """
        rollback = CodeRollback(
            partial(self.codes.async_clear, slot), partial(self.read, slot)
        )
        try:
            await self.schedules.async_write(slot, schedule)
        except ScheduleRejectedError:
            if not await self.codes.async_can_disable():
                raise
            await rollback.async_unless_done(
                self._write_disabled_first(slot, target, schedule)
            )
        result = await self.codes.async_write(slot, target)
        if not schedule.is_empty:
            check = self.schedules.async_verify_first_entry(slot, schedule)
            await rollback.async_unless_done(check)
        return result

    async def _write_disabled_first(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> None:
        """Write the code into the slot, disabled, and then the schedule."""
        await self.codes.async_write(slot, replace(target, enabled=False))
        reading = await self.read(slot)
        if reading.occupancy is Occupancy.UNKNOWN:
            raise LockUnreachableError("no answer about the slot")
        if reading.occupancy is Occupancy.NOT_USABLE:
            raise TemporarilyRefusedError("the lock does not show the slot")
        if not reading.occupancy.is_occupied or reading.enabled is not False:
            raise ScheduleRejectedError("the lock does not support disabled codes")
        await self.schedules.async_write(slot, schedule)
