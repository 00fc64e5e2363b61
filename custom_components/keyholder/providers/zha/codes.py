"""The PINs of one lock, for the length of one call. Slots are checked already."""

from typing import Final

from zigpy.zcl.clusters.closures import DoorLock

from ...model.evidence import Evidence
from ...model.reading import (
    Capabilities,
    CodeTarget,
    Occupancy,
    SlotReading,
    WriteResult,
)
from ...model.slot import Reason
from ..base import (
    CodeRejectedError,
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
    TemporarilyRefusedError,
)
from .answers import (
    UNRESTRICTED_USER,
    CommandResult,
    UserStatus,
    is_default,
    is_unsupported,
    judge_clear,
    judge_status,
    judge_write,
    kind_of,
    occupancy_of,
    reading_of,
)
from .commands import Commands
from .schedules import find_support

_Attribute: Final = DoorLock.AttributeDefs
_WANTED: Final = (
    _Attribute.num_of_pin_users_supported,
    _Attribute.min_pin_len,
    _Attribute.max_pin_len,
    _Attribute.send_pin_ota,
    _Attribute.num_of_week_day_schedules_supported_per_user,
    _Attribute.num_of_year_day_schedules_supported_per_user,
)
_SHORTEST, _LONGEST = 4, 8
"""Digits, where the lock does not say."""
_SHORTEST_OF_OURS: Final = 4
"""A lock may say 0 or 1; nobody wants such a code."""
_LONGEST_OF_OURS: Final = 10


class CredentialClient:
    """Sends commands to the door lock cluster, and judges the answers."""

    def __init__(self, commands: Commands) -> None:
        """Use the commands of the lock."""
        self._commands = commands

    async def probe(self) -> Capabilities:
        """Return what the lock can do.

        From what zigpy knows of its attributes; 1 read for those that it does not.
        """
        known, missing = await self._commands.attributes(*_WANTED)
        users = known.get(_Attribute.num_of_pin_users_supported.name)
        if users is None and _Attribute.num_of_pin_users_supported.name not in missing:
            raise LockUnreachableError(
                "the lock has not told yet how many codes it holds"
            )
        if users is None or users < 2:
            raise NotSupportedError(
                "the lock has no codes that could be managed by radio"
            )
        shortest = known.get(_Attribute.min_pin_len.name) or _SHORTEST
        longest = known.get(_Attribute.max_pin_len.name) or _LONGEST
        shortest = max(shortest, _SHORTEST_OF_OURS)
        hides = known.get(_Attribute.send_pin_ota.name) == 0
        return Capabilities(
            # 0 is on many locks the code that programs them
            slots=range(1, users),
            pin_min_length=shortest,
            pin_max_length=max(shortest, min(longest, _LONGEST_OF_OURS)),
            best_evidence=Evidence.PRESENCE if hides else Evidence.VALUE,
            # Nothing is kept for who is not connected, and what a lock says of its
            # events proves nothing
            reports_changes=False,
            schedules=find_support(
                self._commands.cluster,
                known.get(_Attribute.num_of_week_day_schedules_supported_per_user.name),
                known.get(_Attribute.num_of_year_day_schedules_supported_per_user.name),
            ),
        )

    async def read(self, slot: int) -> SlotReading:
        """Ask the lock; 1 read.

        1 more where the lock refuses to show its codes, or where something else came in
        the place of the answer.
        """
        answer = await self._commands.send("get_pin_code", slot)
        if is_default(answer):
            status = await self._commands.send("get_user_status", slot)
            return occupancy_of(status, slot)
        reading = reading_of(answer, slot)
        if reading.occupancy is Occupancy.UNKNOWN:
            reading = reading_of(await self._commands.send("get_pin_code", slot), slot)
        return reading

    async def kind_of(self, slot: int) -> int | None:
        """Return of which type a user is, None if the lock does not say; 1 read.

        That is what binds it to schedules. 0 for one who is not there. Raises NotSupported
        if the lock has no types.
        """
        answer = await self._commands.send("get_user_type", slot)
        if is_unsupported(answer):
            raise NotSupportedError("the lock tells no types of users")
        return kind_of(answer, slot)

    async def switch_on(self, slot: int) -> None:
        """Let a code count; 1 write."""
        answer = await self._commands.send("set_user_status", slot, UserStatus.ENABLED)
        match judge_status(answer):
            case CommandResult.UNSUPPORTED:
                raise ScheduleRejectedError("the lock cannot switch a code on")
            case CommandResult.DONE | CommandResult.UNKNOWN:
                return
            case _:
                raise TemporarilyRefusedError("the lock did not switch the code on")

    async def write(
        self, slot: int, target: CodeTarget, kind: int = UNRESTRICTED_USER
    ) -> WriteResult:
        """Send the code; 1 write, and 1 read where the lock calls it a duplicate."""
        status = UserStatus.ENABLED if target.enabled else UserStatus.DISABLED
        answer = await self._commands.send(
            "set_pin_code", slot, status, kind, target.pin.reveal()
        )
        match judge_write(answer):
            case CommandResult.DONE | CommandResult.UNKNOWN:
                return WriteResult.OPTIMISTIC
            case CommandResult.FULL:
                raise CodeRejectedError(Reason.LOCK_FULL)
            case CommandResult.DUPLICATE:
                return await self._judge_duplicate(slot, target)
            case CommandResult.UNSUPPORTED:
                raise NotSupportedError("the lock takes no codes by radio")
            case CommandResult.FAILED:
                raise TemporarilyRefusedError("the lock did not take the code")

    async def clear(self, slot: int) -> WriteResult:
        """Send the clear; 1 write."""
        match judge_clear(await self._commands.send("clear_pin_code", slot)):
            case CommandResult.DONE | CommandResult.UNKNOWN:
                return WriteResult.OPTIMISTIC
            case CommandResult.UNSUPPORTED:
                raise NotSupportedError("the lock clears no codes by radio")
            case _:
                raise TemporarilyRefusedError("the lock did not clear the code")

    async def _judge_duplicate(self, slot: int, target: CodeTarget) -> WriteResult:
        """Say whether it is the slot itself that has the code already; 1 read.

        zigpy sends a command again whose answer was lost, and some locks call the second
        one a duplicate of the first. On a lock that shows no codes, a slot that was to
        be empty and is not tells it.
        """
        reading = await self.read(slot)
        if reading.occupancy is Occupancy.PRESENT:
            if reading.code == target.pin and reading.enabled is target.enabled:
                return WriteResult.CONFIRMED
        elif reading.occupancy is Occupancy.MASKED:
            return WriteResult.OPTIMISTIC
        raise CodeRejectedError(Reason.DUPLICATE)
