"""How codes come into a Matter lock and go out of it again.

A slot is the index of a PIN; its code belongs to a user of the lock, who has an index of
their own. Every code of ours has a user of its own, made for it and marked as ours with
the slot in the mark, so that what the lock itself tells is enough to find it again. Where
possible the user has the number of the slot.

Counted in commands: an empty slot is read with 1, an occupied one with 2. A write into an
empty slot is 2 (the user, the code), over one of ours 5; with limits 3 more, one of them
for the clock, and what the limits cost. A clear is 4 at most. To switch a code is 2, and
3 after a start.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from ...model.limits import LockSchedule
from ...model.reading import Capabilities, CodeTarget, SlotReading, WriteResult
from ...model.slot import Reason
from ..base import (
    CodeRejectedError,
    LockUnreachableError,
    ProviderError,
    ScheduleRejectedError,
    SlotUnavailableError,
    TemporarilyRefusedError,
)
from ..door_lock_schedules import ScheduleType, encode
from .answers import Credential, User, UserType, ownership_tag
from .memory import DoorLockClient
from .owners import UserRegistry
from .schedules import Schedules
from .statuses import CommandRejectedError, Status

_REASONS: Final[Mapping[int, Reason]] = {
    Status.DUPLICATE: Reason.DUPLICATE,
    Status.OCCUPIED: Reason.OCCUPIED,
    Status.CONSTRAINT_ERROR: Reason.REJECTED,
    Status.RESOURCE_EXHAUSTED: Reason.LOCK_FULL,
}
"""Refusals that are final. Any other may pass, `INVALID_COMMAND` is looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialClient:
    """The codes of one lock, for the length of one call. Slots are checked already."""

    memory: DoorLockClient
    owners: UserRegistry
    known: Capabilities
    users: int
    """The highest index that a user may have."""

    async def read(self, slot: int) -> SlotReading:
        """Ask the lock; 1 read, and 1 more for the user of an occupied slot."""
        try:
            held = await self._credential(slot)
            if held is None:
                return SlotReading.empty()
            user = None if held.user is None else await self.memory.user(held.user)
        except TemporarilyRefusedError:
            return SlotReading.unknown()
        return SlotReading.masked(
            enabled=None if user is None else user.enabled,
            ours=self.owners.is_our_code(slot, held, user, self.memory.fabric),
        )

    async def owner(self, slot: int) -> User | None:
        """Return the user of the code in a slot; NotNow if the lock does not tell."""
        held = await self._credential(slot)
        if held is None:
            return None
        user = None if held.user is None else await self.memory.user(held.user)
        if user is None:
            raise TemporarilyRefusedError("the lock does not tell whose code it is")
        return user

    async def write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Put a code that the lock does not limit into the slot."""
        user = await self._make_user(
            slot, target, UserType.UNRESTRICTED, enabled=target.enabled
        )
        await self._set_credential(slot, user, target)
        return WriteResult.OPTIMISTIC

    async def write_limited(
        self, slot: int, target: CodeTarget, schedule: LockSchedule
    ) -> WriteResult:
        """Put a code into the slot that works only after its limits are in force.

        Its user is switched off, and obeys schedules, before the code comes. Raises
        LimitsRefused and LockUnreachable with no live code in the slot.
        """
        encoded = encode(schedule)
        support = self.known.schedules
        if encoded is None or support is None:
            raise ScheduleRejectedError("the lock cannot hold this exactly")
        kind = encoded[0]
        user = await self._make_user(slot, target, kind.value, enabled=False)
        try:
            await self._expect_switched_off(slot, user, kind)
        except SlotUnavailableError:
            # their user: it is not ours to remove
            raise
        except ProviderError:
            await self._drop(slot, user)
            raise
        await self._set_credential(slot, user, target)
        try:
            await Schedules(self.memory, support).write(user, schedule)
        except ProviderError:
            await self._roll_back(slot, user)
            raise
        if target.enabled:
            await self.memory.switch_user(user, on=True)
        return WriteResult.OPTIMISTIC

    async def switch(self, slot: int, *, on: bool) -> WriteResult:
        """Let the code of a slot work or not, by its user, who has to be ours alone.

        Who they are is asked each time: the number may be another's by now.
        """
        index = self.owners.user_of(slot)
        if index is None and (held := await self._credential(slot)) is not None:
            index = held.user
        user = None if index is None else await self.memory.user(index)
        if user is None or not self._is_our_former_user(user, slot):
            raise CodeRejectedError(Reason.OCCUPIED)
        if user.enabled is on:
            return WriteResult.NO_CHANGE
        try:
            await self.memory.switch_user(user.index, on=on)
        except CommandRejectedError as err:
            raise CodeRejectedError(err.reason or Reason.REJECTED) from None
        return WriteResult.OPTIMISTIC

    async def clear(self, slot: int) -> WriteResult:
        """Take the code away, and its user if it is ours and has nothing else."""
        owner: int | None = None
        # A lock that does not tell is no reason to leave a code on it
        with suppress(TemporarilyRefusedError):
            held = await self._credential(slot)
            if held is None:
                return WriteResult.NO_CHANGE
            owner = held.user
        try:
            await self.memory.clear_credential(slot)
        except CommandRejectedError:
            # Locks say it of an empty slot, too
            if await self._credential(slot) is not None:
                raise
        if owner is not None:
            # The code is gone; a user that is left behind is replaced by the next write
            with suppress(ProviderError):
                await self._clean(slot, owner)
        return WriteResult.OPTIMISTIC

    async def _clean(self, slot: int, index: int) -> None:
        user = await self.memory.user(index)
        if user is not None and self._is_ours(user, slot):
            if user.credentials:
                return
            await self.memory.clear_user(index)
        self.owners.removed(slot)

    async def _make_user(
        self, slot: int, target: CodeTarget, kind: int, *, enabled: bool
    ) -> int:
        """Return a new user of ours for this slot, in place of an earlier one."""
        make = partial(
            self.memory.add_user,
            label=target.person_name,
            mark=ownership_tag(slot),
            kind=kind,
            enabled=enabled,
        )
        async for index in self._indexes(slot):
            try:
                await make(index)
            except CommandRejectedError as err:
                user = await self.memory.user(index)
                if user is None:
                    raise _final(err) from None
                if not self._is_our_former_user(user, slot):
                    continue
                await self.memory.clear_user(index)
                await make(index)
            self.owners.made(slot, index)
            return index
        raise CodeRejectedError(Reason.LOCK_FULL)

    async def _indexes(self, slot: int) -> AsyncIterator[int]:
        """Yield where a user may be made: first the slot's number, then what is free."""
        if slot <= self.users:
            yield slot
        for index in range(self.users, 0, -1):
            if index != slot:
                user = await self.memory.user(index)
                if user is None or self._is_our_former_user(user, slot):
                    yield index

    def _is_our_former_user(self, user: User, slot: int) -> bool:
        return self._is_ours(user, slot) and user.has_only_slot(slot)

    def _is_ours(self, user: User, slot: int) -> bool:
        return self.owners.is_ours(slot, user, self.memory.fabric)

    async def _set_credential(self, slot: int, user: int, target: CodeTarget) -> None:
        """Give the code to a new user, who goes again if the lock refuses it."""
        code = target.pin.reveal()
        try:
            try:
                await self.memory.add_credential(slot, user, code)
            except CommandRejectedError as err:
                if err.status != Status.OCCUPIED or not await self._clear_conflicting(
                    slot
                ):
                    raise
                await self.memory.add_credential(slot, user, code)
        except CommandRejectedError as err:
            failure = await self._map_rejection(slot, user, len(code), err)
            if not isinstance(failure, SlotUnavailableError):
                await self._drop(slot, user)
            raise failure from None
        except TemporarilyRefusedError:
            # Whether it is there is not said: a read will tell
            return

    async def _clear_conflicting(self, slot: int) -> bool:
        """Remove an earlier user of ours that has the slot; return whether there was."""
        try:
            user = await self.owner(slot)
        except TemporarilyRefusedError:
            # that our code is not there was said; whose the other is may be told later
            raise CommandRejectedError(Status.FAILURE) from None
        if user is None or not self._is_our_former_user(user, slot):
            return False
        await self.memory.clear_user(user.index)
        return True

    async def _map_rejection(
        self, slot: int, index: int, length: int, refusal: CommandRejectedError
    ) -> ProviderError:
        """Say what a refusal of a code means; 2 reads at most.

        `INVALID_COMMAND` is the answer to what is somebody else's and to what is out of
        bounds, but some locks also give it for a while after they were started.
        """
        if refusal.status != Status.INVALID_COMMAND:
            return _final(refusal)
        held = await self._credential(slot)
        if held is not None and held.user != index:
            return CodeRejectedError(Reason.OCCUPIED)
        user = await self.memory.user(index)
        if user is not None and not self._is_ours(user, slot):
            return self._lost(slot)
        if not self.known.pin_min_length <= length <= self.known.pin_max_length:
            return CodeRejectedError(Reason.REJECTED)
        return refusal

    def _lost(self, slot: int) -> SlotUnavailableError:
        """Return that somebody else has made a user in place of ours, and forget ours."""
        self.owners.removed(slot)
        return SlotUnavailableError("the user of this number is somebody else")

    async def _expect_switched_off(
        self, slot: int, index: int, kind: ScheduleType
    ) -> None:
        user = await self.memory.user(index)
        if user is not None and not self._is_ours(user, slot):
            raise self._lost(slot)
        if user is None or user.enabled is not False or user.type != kind.value:
            raise ScheduleRejectedError("the lock has no users that go by schedules")

    async def _roll_back(self, slot: int, user: int) -> None:
        """Remove the code again; LockUnreachable if it is not seen to be gone.

        It is switched off, so that it is not live whatever becomes of that.
        """
        await self._drop(slot, user)
        try:
            left = await self._credential(slot)
        except TemporarilyRefusedError:
            raise LockUnreachableError("no answer about the slot") from None
        if left is not None:
            raise LockUnreachableError("the slot is not seen empty again")

    async def _drop(self, slot: int, user: int) -> None:
        """Remove a user of ours that was just made; the failure is told, whatever happens."""
        with suppress(ProviderError):
            await self.memory.clear_user(user)
            self.owners.removed(slot)

    async def _credential(self, slot: int) -> Credential | None:
        held = await self.memory.credential(slot)
        self.owners.update(slot, held)
        return held


def _final(refusal: CommandRejectedError) -> ProviderError:
    """Return what a refusal means where that is certain; else it may pass."""
    reason = _REASONS.get(refusal.status)
    return refusal if reason is None else CodeRejectedError(reason)
