"""Roll back a code that must not be live: clear its slot and verify that it is empty."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from ..model.provider_io import Occupancy, SlotReading
from .base import (
    LockUnreachableError,
    ProviderError,
    ScheduleRejectedError,
    TemporarilyRefusedError,
)


@dataclass(frozen=True, slots=True)
class CodeRollback:
    """The roll-back of a code whose schedule is not in force.

    `clear` and `read` are calls to the lock about its slot. The code is cleared at most
    `attempts` times, as often as the slot is not read as empty.
    """

    clear: Callable[[], Awaitable[object]]
    read: Callable[[], Awaitable[SlotReading]]
    attempts: int = 2

    async def async_unless_done(self, step: Awaitable[None]) -> None:
        """Await a step of the write; roll back if the lock rejects it or does not answer.

        Raises what the step has raised, or LockUnreachableError as `run` does.
        """
        try:
            await step
        except ScheduleRejectedError, TemporarilyRefusedError:
            await self.async_run()
            raise
        except LockUnreachableError:
            # No answer to the clear is to be expected either
            with suppress(ProviderError):
                await self.clear()
            raise

    async def async_run(self) -> None:
        """Clear the slot and verify that it is empty; 1 clear and 1 read per attempt.

        Raises LockUnreachableError if an enabled code may be left in it, or
        TemporarilyRefusedError if the lock says that the slot is not usable.
        """
        reading = SlotReading.unknown()
        for _ in range(self.attempts):
            with suppress(TemporarilyRefusedError):
                await self.clear()
            reading = await self.read()
            if reading.occupancy is Occupancy.EMPTY:
                return
        if reading.occupancy is Occupancy.NOT_USABLE:
            raise TemporarilyRefusedError("the lock does not show the slot")
        if reading.enabled is not False:
            raise LockUnreachableError("the slot could not be verified as empty")
