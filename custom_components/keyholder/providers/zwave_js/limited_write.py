"""How a code goes live only after the lock has shown that it is limited.

Two orders of commands, both without a moment in which the code works and its limits do
not. First: limits into the empty slot, read back, then the code. A lock that takes
limits for nobody but a user it has gets the code switched off, then the limits, and
then the code again, switched on.

There may be locks that throw the limits of a slot away when a code comes in. No order
of commands would help with them, so that one entry is looked at once more after the
code; where it is gone, the code has to go too.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from ...model.limits import LockSchedule
from ...model.reading import CodeTarget, Occupancy, SlotReading, WriteResult
from ..base import LockUnreachableError, ProviderError, ScheduleRejectedError
from .schedules import Schedules
from .user_code import UserCodes

_CLEARS: Final = 2
"""How often a code is cleared again, if the slot is not seen empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledWrite:
    """One write of a code with limits, into a slot that is empty.

    `read` asks the lock what a slot holds.
    """

    codes: UserCodes
    schedules: Schedules
    read: Callable[[int], Awaitable[SlotReading]]

    async def write(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> WriteResult:
        """Put the limits and then the code into the slot.

        Beside what `Schedules.put` costs 1 write, and 1 read if there are limits; in
        the second order 1 write and 1 read more, and what the limits cost once more.
        Taking the code back is 1 clear and 1 read, at most twice. Raises LimitsRefused
        and LockUnreachable with no live code in the slot.
        """
        try:
            await self.schedules.put(slot, schedule)
        except ScheduleRejectedError:
            if not await self.codes.can_disable():
                raise
            await self._with_taking_back(slot, self._put_first(slot, target, schedule))
        result = await self.codes.write(slot, target)
        if not schedule.is_empty:
            check = self.schedules.expect_first(slot, schedule)
            await self._with_taking_back(slot, check)
        return result

    async def _put_first(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> None:
        """Put the code into the slot, switched off, and then the limits."""
        await self.codes.write(slot, replace(target, enabled=False))
        reading = await self.read(slot)
        if reading.occupancy is Occupancy.UNKNOWN:
            raise LockUnreachableError("no answer about the slot")
        if not reading.occupancy.is_occupied or reading.enabled is not False:
            raise ScheduleRejectedError("the lock has no codes that are switched off")
        await self.schedules.put(slot, schedule)

    async def _with_taking_back(self, slot: int, step: Awaitable[None]) -> None:
        """Clear the slot if the step fails for want of limits, or of an answer."""
        try:
            await step
        except ScheduleRejectedError:
            await self._take_back(slot)
            raise
        except LockUnreachableError:
            with suppress(ProviderError):
                await self.codes.clear(slot)
            raise

    async def _take_back(self, slot: int) -> None:
        """Clear the slot and see it empty; LockUnreachable if a code may be live."""
        reading = SlotReading.unknown()
        for _ in range(_CLEARS):
            await self.codes.clear(slot)
            reading = await self.read(slot)
            if reading.occupancy is Occupancy.EMPTY:
                return
        if reading.enabled is not False:
            raise LockUnreachableError("the slot is not seen empty again")
