"""User actions on a slot that needs a decision; called by the repair flows."""

from collections.abc import Awaitable, Callable
from enum import StrEnum

from homeassistant.core import callback

from ...logic.pin_rules import PinProblem, pin_conflict
from ...model.credential import LockId, Person, PersonId
from ...model.pin import Pin
from ...model.provider_io import Occupancy
from ...model.slot import SlotRecord
from ...model.slot_events import ResumeChoice, UseNoted, UserResumed
from ..lock.coordinator import LockCoordinator
from ..storage.durable_store import StorageError
from .site_state import SiteState


class ActionRefusal(StrEnum):
    """Why an action was refused; each value is a translation key."""

    GONE = "gone"
    """The slot is no longer managed, or the problem no longer exists."""
    NOT_CERTAIN = "not_certain"
    """A code of ours may be in the slot, or a command of ours may still take effect."""
    NO_ANSWER = "no_answer"
    NOT_READABLE = "not_readable"
    SLOT_EMPTY = "slot_empty"
    STILL_THERE = "still_there"
    DOES_NOT_FIT = "does_not_fit"
    IN_USE = "in_use"
    STORAGE_FAILED = "storage_failed"


class SlotActions:
    """Actions of a user on one slot. Each returns None, or why it was refused."""

    def __init__(
        self,
        site: SiteState,
        lock: LockId,
        slot: int,
        async_sync: Callable[[], Awaitable[None]],
        async_set_pin: Callable[[PersonId, Pin], Awaitable[None]],
    ) -> None:
        """Act on a slot of a managed lock, or of a removed lock that is being cleared.

        `async_sync` plans all locks anew, `async_set_pin` stores a PIN for a person.
        """
        self._site = site
        self._lock = lock
        self._slot = slot
        self._async_sync = async_sync
        self._async_set_pin = async_set_pin

    @callback
    def async_resume(self, choice: ResumeChoice) -> ActionRefusal | None:
        """Resume a suspended slot."""
        found = self._find()
        if found is None:
            return ActionRefusal.GONE
        found[0].slots.async_dispatch(self._slot, UserResumed(choice))
        return None

    @callback
    def async_note_use(self) -> ActionRefusal | None:
        """Note that the slot was used although it was held to have no code."""
        found = self._find()
        if found is None or found[1].unexpected_use is None:
            return ActionRefusal.GONE
        found[0].slots.async_dispatch(self._slot, UseNoted())
        return None

    async def async_retry_now(self) -> ActionRefusal | None:
        """Retry without waiting for the back-off; return once the slots were read."""
        found = self._find()
        if found is None:
            return ActionRefusal.GONE
        coordinator, _record = found
        coordinator.slots.async_dispatch(self._slot, UserResumed(ResumeChoice.RETRY))
        answers = await coordinator.requests.async_verify()
        return None if answers.get(self._slot, True) else ActionRefusal.NO_ANSWER

    @property
    def is_duplicate(self) -> bool:
        """Return whether the slot holds a code that is not ours with digits of somebody."""
        coordinator = self._site.locks.get(self._lock)
        return coordinator is not None and self._slot in coordinator.duplicates.values()

    async def async_recheck_duplicate(self) -> ActionRefusal | None:
        """Read a code that is not ours again: ours is written once it is gone."""
        coordinator = self._site.locks.get(self._lock)
        if coordinator is None:
            return ActionRefusal.GONE
        if await coordinator.requests.async_read_slot(self._slot) is None:
            return ActionRefusal.NO_ANSWER
        return ActionRefusal.STILL_THERE if self.is_duplicate else None

    async def async_move(self) -> ActionRefusal | None:
        """Assign the person another slot; the code in this one stays there."""
        found = self._find()
        if found is None:
            return ActionRefusal.GONE
        if not found[0].slots.async_release(self._slot):
            return ActionRefusal.NOT_CERTAIN
        await self._async_sync()
        return None

    async def async_adopt_lock_code(self) -> ActionRefusal | None:
        """Make the code in the slot the person's PIN on all locks."""
        found = self._find()
        if found is None:
            return ActionRefusal.GONE
        coordinator, record = found
        person = self._site.people.get(record.credential.person)
        if person is None:
            return ActionRefusal.GONE
        reading = await coordinator.requests.async_read_slot(self._slot)
        if reading is None:
            return ActionRefusal.NO_ANSWER
        if reading.occupancy is Occupancy.EMPTY:
            return ActionRefusal.SLOT_EMPTY
        if reading.code is None:
            return ActionRefusal.NOT_READABLE
        async with self._site.people_lock:
            refusal = await self._async_adopt(person, reading.code)
        if refusal is None and self._slot in coordinator.journal_entry.records:
            # a read now verifies the code: nothing is written to this lock
            coordinator.slots.async_dispatch(
                self._slot, UserResumed(ResumeChoice.RETRY)
            )
        return refusal

    async def async_clear_quarantined(self) -> ActionRefusal | None:
        """Clear an orphaned code: its owner was never saved."""
        found = self._find_orphaned()
        if found is None:
            return ActionRefusal.GONE
        found.slots.async_mark_owner_saved(self._slot)
        await self._async_sync()
        return None

    async def async_forget_orphaned(self) -> ActionRefusal | None:
        """Drop the record of an orphaned code; the code stays on the lock."""
        found = self._find_orphaned()
        if found is None:
            return ActionRefusal.GONE
        found.slots.async_forget(self._slot)
        await self._async_sync()
        return None

    async def _async_adopt(self, person: Person, pin: Pin) -> ActionRefusal | None:
        site = self._site
        locks = site.locks if person.locks is None else person.locks
        in_use = site.pins_in_use(person.locks, besides=person.person_id)
        conflict = pin_conflict(pin, site.pin_lengths(locks), in_use)
        if conflict is not None:
            used = conflict is PinProblem.IN_USE
            return ActionRefusal.IN_USE if used else ActionRefusal.DOES_NOT_FIT
        try:
            await self._async_set_pin(person.person_id, pin)
        except StorageError:
            return ActionRefusal.STORAGE_FAILED
        return None

    def _find(self) -> tuple[LockCoordinator, SlotRecord] | None:
        site = self._site
        coordinator = site.locks.get(self._lock) or site.removed_locks.get(self._lock)
        if coordinator is None:
            return None
        record = coordinator.journal_entry.records.get(self._slot)
        return None if record is None else (coordinator, record)

    def _find_orphaned(self) -> LockCoordinator | None:
        found = self._find()
        if found is None:
            return None
        coordinator, record = found
        orphaned = (
            not record.owner_saved and record.credential.person not in self._site.people
        )
        return coordinator if orphaned else None
