"""PIN codes of a Zigbee lock: commands of the Door Lock cluster for users."""

from typing import Final

from zigpy.zcl.clusters.closures import DoorLock

from ...model.evidence import Evidence
from ...model.pin_lengths import PinLengths
from ...model.provider_io import (
    Capabilities,
    CodeTarget,
    Occupancy,
    SlotReading,
    WriteResult,
)
from ...model.slot import Reason
from ..base import (
    CodeRejectedError,
    InterviewIncompleteError,
    NotSupportedError,
    ScheduleRejectedError,
    TemporarilyRefusedError,
)
from .client import ZhaLockClient
from .decoder import (
    UNRESTRICTED_USER,
    CommandResult,
    ZhaUserStatus,
    clear_result,
    is_default,
    is_unsupported,
    kind_of,
    occupancy_of,
    reading_of,
    status_result,
    write_result,
)
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


class ZhaCredentials:
    """The codes of one lock, for the duration of one call. Slots are validated already."""

    def __init__(self, client: ZhaLockClient) -> None:
        """Use the commands of the lock."""
        self._client = client

    async def async_probe(self) -> Capabilities:
        """Return what the lock supports.

        From attributes that zigpy has cached; 1 read for those that it has not.
        """
        known, missing = await self._client.async_attributes(*_WANTED)
        users = known.get(_Attribute.num_of_pin_users_supported.name)
        if users is None and _Attribute.num_of_pin_users_supported.name not in missing:
            raise InterviewIncompleteError(
                "the lock has not reported yet how many codes it holds"
            )
        if users is None or users < 2:
            raise NotSupportedError("the lock does not support managing codes by radio")
        lengths = PinLengths.reported(
            known.get(_Attribute.min_pin_len.name),
            known.get(_Attribute.max_pin_len.name),
        )
        hides_codes = known.get(_Attribute.send_pin_ota.name) == 0
        return Capabilities(
            # 0 is the programming code on many locks
            slots=range(1, users),
            pin_min_length=lengths.shortest,
            pin_max_length=lengths.longest,
            best_evidence=Evidence.PRESENCE if hides_codes else Evidence.VALUE,
            # Reports are lost while we are not connected, and what a lock declares about
            # its events proves nothing
            reports_changes=False,
            schedules=find_support(
                self._client.cluster,
                known.get(_Attribute.num_of_week_day_schedules_supported_per_user.name),
                known.get(_Attribute.num_of_year_day_schedules_supported_per_user.name),
            ),
        )

    async def async_read(self, slot: int) -> SlotReading:
        """Read the slot from the lock; 1 read.

        1 more where the lock refuses to send its codes, or where another frame came in
        the place of the response.
        """
        answer = await self._client.async_send("get_pin_code", slot)
        if is_default(answer):
            status = await self._client.async_send("get_user_status", slot)
            return occupancy_of(status, slot)
        reading = reading_of(answer, slot)
        if reading.occupancy is Occupancy.UNKNOWN:
            reading = reading_of(
                await self._client.async_send("get_pin_code", slot), slot
            )
        return reading

    async def async_answers_reads(self, slot: int) -> bool:
        """Return whether the lock supports a question about a slot; 1 or 2 reads."""
        for question in ("get_pin_code", "get_user_status"):
            if not is_unsupported(await self._client.async_send(question, slot)):
                return True
        return False

    async def async_kind_of(self, slot: int) -> int | None:
        """Return the type of a user, None if the lock does not say; 1 read.

        The type decides which schedules the user obeys; 0 for a user that does not
        exist. Raises NotSupportedError if the lock has no types of users.
        """
        answer = await self._client.async_send("get_user_type", slot)
        if is_unsupported(answer):
            raise NotSupportedError("the lock does not report types of users")
        return kind_of(answer, slot)

    async def async_enable(self, slot: int) -> None:
        """Enable a code; 1 write."""
        answer = await self._client.async_send(
            "set_user_status", slot, ZhaUserStatus.ENABLED
        )
        match status_result(answer):
            case CommandResult.UNSUPPORTED:
                raise ScheduleRejectedError("the lock cannot enable a code")
            case CommandResult.DONE | CommandResult.UNKNOWN:
                return
            case _:
                raise TemporarilyRefusedError("the lock did not enable the code")

    async def async_write(
        self, slot: int, target: CodeTarget, kind: int = UNRESTRICTED_USER
    ) -> WriteResult:
        """Send the code; 1 write, and 1 read where the lock reports a duplicate."""
        status = ZhaUserStatus.ENABLED if target.enabled else ZhaUserStatus.DISABLED
        answer = await self._client.async_send(
            "set_pin_code", slot, status, kind, target.pin.reveal()
        )
        match write_result(answer):
            case CommandResult.DONE | CommandResult.UNKNOWN:
                return WriteResult.OPTIMISTIC
            case CommandResult.FULL:
                raise CodeRejectedError(Reason.LOCK_FULL)
            case CommandResult.DUPLICATE:
                return await self._resolve_duplicate(slot, target)
            case CommandResult.UNSUPPORTED:
                raise NotSupportedError("the lock does not support setting codes")
            case CommandResult.FAILED:
                raise TemporarilyRefusedError("the lock did not store the code")

    async def async_clear(self, slot: int) -> WriteResult:
        """Send the clear; 1 write."""
        match clear_result(await self._client.async_send("clear_pin_code", slot)):
            case CommandResult.DONE | CommandResult.UNKNOWN:
                return WriteResult.OPTIMISTIC
            case CommandResult.UNSUPPORTED:
                raise NotSupportedError("the lock does not support clearing codes")
            case _:
                raise TemporarilyRefusedError("the lock did not clear the code")

    async def _resolve_duplicate(self, slot: int, target: CodeTarget) -> WriteResult:
        """Return the result if the duplicate is the code of this slot itself; 1 read.

        zigpy sends a command again whose response was lost, and some locks report the
        second one as a duplicate of the first. On a lock that does not send its codes,
        a slot that was empty before and is occupied now is enough.
        """
        reading = await self.async_read(slot)
        if reading.occupancy is Occupancy.PRESENT:
            if reading.code == target.pin and reading.enabled is target.enabled:
                return WriteResult.CONFIRMED
        elif reading.occupancy is Occupancy.MASKED:
            return WriteResult.OPTIMISTIC
        raise CodeRejectedError(Reason.DUPLICATE)
