"""How a code goes live only after the lock has shown that it is limited.

The schedule goes into the empty slot and is read back; then comes the code, switched
off and of the type that is bound by schedules; the lock shows both, and only then the
user is switched on. A lock that takes schedules for nobody but a user it has gets the
code, switched off, before the schedule.
"""

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from ...model.limits import LockSchedule
from ...model.reading import CodeTarget, Occupancy, SlotReading, WriteResult
from ..base import (
    LockUnreachableError,
    NotSupportedError,
    ProviderError,
    ScheduleRejectedError,
    ScheduleUnconfirmedError,
    TemporarilyRefusedError,
)
from ..door_lock_schedules import ScheduleType, encode
from .codes import CredentialClient
from .schedules import Schedules

_CLEARS: Final = 2
"""How often a code is cleared again, if the slot is not seen empty."""


@dataclass(frozen=True, slots=True)
class ScheduledWrite:
    """One write of a code with limits, into a slot that is empty."""

    codes: CredentialClient
    schedules: Schedules

    async def write(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> WriteResult:
        """Put the limits and the code into the slot.

        Beside what `Schedules.put` costs 2 writes and 3 reads. Taking the code back is 1
        clear and 1 read, at most twice. Raises LimitsRefused and LockUnreachable with no
        live code in the slot.
        """
        encoded = encode(schedule)
        if encoded is None:
            raise ScheduleRejectedError("the lock cannot hold this exactly")
        needs_code = False
        try:
            await self.schedules.put(slot, schedule)
        except ScheduleRejectedError:
            needs_code = True
        await self.codes.write(slot, replace(target, enabled=False), encoded[0])
        await self._rolling_back(
            slot, self._verify_disabled_and_typed(slot, encoded[0])
        )
        if needs_code:
            await self._rolling_back(slot, self.schedules.put(slot, schedule))
        else:
            check = self.schedules.verify_first_entry(slot, schedule)
            await self._rolling_back(slot, check)
        if target.enabled:
            await self._rolling_back(slot, self.codes.switch_on(slot))
        return WriteResult.OPTIMISTIC

    async def _verify_disabled_and_typed(self, slot: int, kind: ScheduleType) -> None:
        """See the code switched off and of this type; 2 reads."""
        reading = await self.codes.read(slot)
        if reading.occupancy is Occupancy.UNKNOWN:
            raise LockUnreachableError("no answer about the slot")
        if not reading.occupancy.is_occupied or reading.enabled is not False:
            raise ScheduleRejectedError("the lock has no codes that are switched off")
        try:
            shown = await self.codes.kind_of(slot)
        except NotSupportedError as err:
            raise ScheduleRejectedError(
                "the lock does not tell what binds a code"
            ) from err
        if shown is None:
            raise ScheduleUnconfirmedError("no answer about the user")
        if shown != kind:
            raise ScheduleRejectedError("the lock does not bind the code to schedules")

    async def _rolling_back(self, slot: int, step: Awaitable[None]) -> None:
        """Clear the slot if the step fails."""
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
        """Clear the slot and see it empty; LockUnreachable if a code may be live."""
        reading = SlotReading.unknown()
        for _ in range(_CLEARS):
            with suppress(TemporarilyRefusedError):
                await self.codes.clear(slot)
            reading = await self.codes.read(slot)
            if reading.occupancy is Occupancy.EMPTY:
                return
        if reading.enabled is not False:
            raise LockUnreachableError("the slot is not seen empty again")
