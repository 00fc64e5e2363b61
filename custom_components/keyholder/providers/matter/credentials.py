"""Read, write and clear the codes of a Matter lock, and the users that own them.

A slot is the index of a PIN credential, which belongs to a user of the lock with an
index of its own. Every code of ours has a user of its own, created for it with an
ownership tag that contains the slot, so that reads of the lock are enough to find it
again. Where possible the user has the number of the slot.

Counted in commands: an empty slot is read with 1, an occupied one with 2. A write into
an empty slot is 2 (the user, the code), over one of ours 5; with a schedule 3 more, one
of them for the clock, and the cost of the schedule. A clear is 4 at most. To enable or
disable a code is 2, and 3 after a start.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from ...model.lock_schedule import LockSchedule
from ...model.provider_io import Capabilities, CodeTarget, SlotReading, WriteResult
from ...model.slot import Reason
from ..base import (
    CodeRejectedError,
    ProviderError,
    ScheduleRejectedError,
    SlotUnavailableError,
    TemporarilyRefusedError,
)
from ..door_lock_schedules import ScheduleType, encode
from ..rollback import CodeRollback
from .client import MatterLockClient
from .decoder import MatterCredential, MatterUser, UserType
from .schedules import MatterSchedules
from .statuses import CommandRejectedError, Status
from .user_registry import UserRegistry, ownership_tag

_REASONS: Final[Mapping[int, Reason]] = {
    Status.DUPLICATE: Reason.DUPLICATE,
    Status.OCCUPIED: Reason.OCCUPIED,
    Status.CONSTRAINT_ERROR: Reason.REJECTED,
    Status.RESOURCE_EXHAUSTED: Reason.LOCK_FULL,
}
"""Rejections that are final. Any other may pass; `INVALID_COMMAND` takes reads to
explain."""

_NOT_USABLE: Final = frozenset(
    {Status.UNSUPPORTED_ACCESS, Status.CONSTRAINT_ERROR, Status.NOT_FOUND}
)
"""Rejections of a question about a slot because of the slot that it is about. Not
`INVALID_COMMAND`: locks say that of everything for a while after they were started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterCredentials:
    """The codes of one lock, for the duration of one call. Slots are validated already."""

    client: MatterLockClient
    registry: UserRegistry
    capabilities: Capabilities
    max_user: int
    """The highest index that a user may have."""

    async def async_read(self, slot: int) -> SlotReading:
        """Read the slot; 1 read, and 1 more for the user of an occupied slot."""
        try:
            held = await self._credential(slot)
        except CommandRejectedError as err:
            return _without_credential(err)
        except TemporarilyRefusedError:
            return SlotReading.unknown()
        if held is None:
            return SlotReading.empty()
        try:
            user = (
                None if held.user is None else await self.client.async_user(held.user)
            )
        except TemporarilyRefusedError:
            return SlotReading.unknown()
        return SlotReading.masked(
            enabled=None if user is None else user.enabled,
            ours=self.registry.is_our_code(slot, held, user, self.client.fabric),
        )

    async def async_owner(self, slot: int) -> MatterUser | None:
        """Return the user of the code in a slot, None for an empty slot.

        Raises TemporarilyRefusedError if the lock does not say whose code it is.
        """
        held = await self._credential(slot)
        if held is None:
            return None
        user = None if held.user is None else await self.client.async_user(held.user)
        if user is None:
            raise TemporarilyRefusedError("the lock does not report whose code it is")
        return user

    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Write a code without a schedule into the slot."""
        user = await self._create_user(
            slot, target, UserType.UNRESTRICTED, enabled=target.enabled
        )
        await self._set_credential(slot, user, target)
        return WriteResult.OPTIMISTIC

    async def async_write_scheduled(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> WriteResult:
        """Write a code that works only after its schedule is in force.

        Its user is created disabled, and of a type that obeys schedules, before the
        code is written. Raises ScheduleRejectedError and LockUnreachableError with no
        enabled code in the slot.
        """
        encoded = encode(schedule)
        support = self.capabilities.schedules
        if encoded is None or support is None:
            raise ScheduleRejectedError("the lock cannot hold this schedule exactly")
        kind = encoded[0]
        user = await self._create_user(slot, target, kind.value, enabled=False)
        try:
            await self._verify_disabled(slot, user, kind)
        except SlotUnavailableError:
            # The user is unmanaged: do not remove it
            raise
        except ProviderError:
            await self._clear_new_user(slot, user)
            raise
        await self._set_credential(slot, user, target)
        try:
            await MatterSchedules(self.client, support).async_write(user, schedule)
        except ProviderError:
            # The code is disabled, so that it does not work even if it stays
            rollback = CodeRollback(
                partial(self._clear_new_user, slot, user),
                partial(self._read_occupancy, slot),
                attempts=1,
            )
            await rollback.async_run()
            raise
        if target.enabled:
            await self.client.async_set_user_enabled(user, on=True)
        return WriteResult.OPTIMISTIC

    async def async_set_enabled(self, slot: int, *, on: bool) -> WriteResult:
        """Enable or disable the code of a slot, by its user, who must own nothing else.

        The user is read each time: the index may belong to an unmanaged user by now.
        """
        index = self.registry.user_of(slot)
        if index is None and (held := await self._credential(slot)) is not None:
            index = held.user
        user = None if index is None else await self.client.async_user(index)
        if user is None or not self._is_our_former_user(user, slot):
            raise CodeRejectedError(Reason.OCCUPIED)
        if user.enabled is on:
            return WriteResult.NO_CHANGE
        try:
            await self.client.async_set_user_enabled(user.index, on=on)
        except CommandRejectedError as err:
            raise CodeRejectedError(err.reason or Reason.REJECTED) from None
        return WriteResult.OPTIMISTIC

    async def async_rename(self, slot: int, name: str) -> WriteResult:
        """Change the name of the user of a code of ours.

        The user is read only after a start: a lock lets nobody change the name of a user
        whom another fabric has created.
        """
        index = self.registry.user_of(slot)
        if index is None:
            user = await self.async_owner(slot)
            if user is None or not self._is_our_former_user(user, slot):
                raise CodeRejectedError(Reason.OCCUPIED)
            index = user.index
        try:
            await self.client.async_rename_user(index, name)
        except CommandRejectedError as err:
            raise CodeRejectedError(err.reason or Reason.REJECTED) from None
        return WriteResult.OPTIMISTIC

    async def async_clear(self, slot: int) -> WriteResult:
        """Clear the code, and its user if it is ours and owns nothing else."""
        owner: int | None = None
        # Clear the code even if the lock does not say whether there is one
        with suppress(TemporarilyRefusedError):
            held = await self._credential(slot)
            # A slot that the lock shows as empty is cleared too: it may show it wrongly
            owner = None if held is None else held.user
        try:
            await self.client.async_clear_credential(slot)
        except CommandRejectedError:
            # Locks also reject the clear of an empty slot
            if await self._credential(slot) is not None:
                raise
        if owner is not None:
            # The code is cleared; a remaining user is replaced by the next write
            with suppress(ProviderError):
                await self._clear_unused_user(slot, owner)
        return WriteResult.OPTIMISTIC

    async def _clear_unused_user(self, slot: int, index: int) -> None:
        user = await self.client.async_user(index)
        if user is not None and self._is_ours(user, slot):
            if user.credentials:
                return
            await self.client.async_clear_user(index)
        self.registry.removed(slot)

    async def _create_user(
        self, slot: int, target: CodeTarget, kind: int, *, enabled: bool
    ) -> int:
        """Create a user of ours for this slot, in place of a former one; return its index."""
        make = partial(
            self.client.async_add_user,
            label=target.person_name,
            tag=ownership_tag(slot),
            kind=kind,
            enabled=enabled,
        )
        async for index in self._indexes(slot):
            try:
                await make(index)
            except CommandRejectedError as err:
                user = await self.client.async_user(index)
                if user is None:
                    raise _final(err) from None
                if not self._is_our_former_user(user, slot):
                    continue
                await self.client.async_clear_user(index)
                await make(index)
            self.registry.created(slot, index)
            return index
        raise CodeRejectedError(Reason.LOCK_FULL)

    async def _indexes(self, slot: int) -> AsyncIterator[int]:
        """Yield indexes for a new user: first the slot's number, then those that are free."""
        if slot <= self.max_user:
            yield slot
        for index in range(self.max_user, 0, -1):
            if index != slot:
                user = await self.client.async_user(index)
                if user is None or self._is_our_former_user(user, slot):
                    yield index

    def _is_our_former_user(self, user: MatterUser, slot: int) -> bool:
        return self._is_ours(user, slot) and user.has_only_slot(slot)

    def _is_ours(self, user: MatterUser, slot: int) -> bool:
        return self.registry.is_ours(slot, user, self.client.fabric)

    async def _set_credential(self, slot: int, user: int, target: CodeTarget) -> None:
        """Set the code of a new user; clear the user if the lock rejects the code."""
        code = target.pin.reveal()
        try:
            try:
                await self.client.async_add_credential(slot, user, code)
            except CommandRejectedError as err:
                if err.status != Status.OCCUPIED or not await self._clear_conflicting(
                    slot
                ):
                    raise
                await self.client.async_add_credential(slot, user, code)
        except CommandRejectedError as err:
            failure = await self._map_rejection(slot, user, len(code), err)
            if not isinstance(failure, SlotUnavailableError):
                await self._clear_new_user(slot, user)
            raise failure from None
        except TemporarilyRefusedError:
            # The response does not say whether it is stored: the next read will
            return

    async def _clear_conflicting(self, slot: int) -> bool:
        """Clear a former user of ours that owns the slot; return whether there was one."""
        try:
            user = await self.async_owner(slot)
        except TemporarilyRefusedError:
            # Our code was rejected; the owner of the other one may be readable later
            raise CommandRejectedError(Status.FAILURE) from None
        if user is None or not self._is_our_former_user(user, slot):
            return False
        await self.client.async_clear_user(user.index)
        return True

    async def _map_rejection(
        self, slot: int, index: int, length: int, rejection: CommandRejectedError
    ) -> ProviderError:
        """Return the error that the rejection of a code means; 2 reads at most.

        `INVALID_COMMAND` is the answer for what another user owns and for what is out
        of bounds, but some locks also return it for a while after a start.
        """
        if rejection.status != Status.INVALID_COMMAND:
            return _final(rejection)
        held = await self._credential(slot)
        if held is not None and held.user != index:
            return CodeRejectedError(Reason.OCCUPIED)
        user = await self.client.async_user(index)
        if user is not None and not self._is_ours(user, slot):
            return self._user_replaced(slot)
        if (
            not self.capabilities.pin_min_length
            <= length
            <= self.capabilities.pin_max_length
        ):
            return CodeRejectedError(Reason.REJECTED)
        return rejection

    def _user_replaced(self, slot: int) -> SlotUnavailableError:
        """Forget our user of the slot; return the error that an unmanaged user replaced it."""
        self.registry.removed(slot)
        return SlotUnavailableError("the user of this number is not ours")

    async def _verify_disabled(self, slot: int, index: int, kind: ScheduleType) -> None:
        user = await self.client.async_user(index)
        if user is not None and not self._is_ours(user, slot):
            raise self._user_replaced(slot)
        if user is None or user.enabled is not False or user.type != kind.value:
            raise ScheduleRejectedError("the lock has no users that obey schedules")

    async def _read_occupancy(self, slot: int) -> SlotReading:
        """Read whether the slot is empty; 1 read."""
        try:
            held = await self._credential(slot)
        except CommandRejectedError as err:
            return _without_credential(err)
        except TemporarilyRefusedError:
            return SlotReading.unknown()
        return SlotReading.empty() if held is None else SlotReading.masked(enabled=None)

    async def _clear_new_user(self, slot: int, user: int) -> None:
        """Clear a user of ours that was just created; errors are ignored, the cause is raised."""
        with suppress(ProviderError):
            await self.client.async_clear_user(user)
            self.registry.removed(slot)

    async def _credential(self, slot: int) -> MatterCredential | None:
        held = await self.client.async_credential(slot)
        self.registry.update(slot, held)
        return held


def _without_credential(rejection: CommandRejectedError) -> SlotReading:
    """Return the reading of a slot about which the lock rejects the question."""
    return (
        SlotReading.not_usable()
        if rejection.status in _NOT_USABLE
        else SlotReading.unknown()
    )


def _final(rejection: CommandRejectedError) -> ProviderError:
    """Return the error for a rejection that is final; any other may pass."""
    reason = _REASONS.get(rejection.status)
    return rejection if reason is None else CodeRejectedError(reason)
