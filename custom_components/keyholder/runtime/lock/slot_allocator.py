"""Assign a free slot to each new credential, found by reading the lock."""

from collections.abc import Callable, Iterable, Mapping, Set as AbstractSet
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...logic.allocation import (
    SlotCount,
    count_slots,
    next_candidate,
    without_not_usable,
)
from ...logic.plan import WantedCredential
from ...model.credential import CredentialRef
from ...model.evidence import Evidence
from ...model.provider_io import Capabilities, Occupancy
from ...model.slot import DesiredState, Observation, Reason, SlotRecord, Target
from ...model.timing import Timing, backoff
from .connection import LockConnection
from .job_queue import JobQueue, Priority
from .slot_reader import SlotReader
from .slot_records import SlotRecords
from .timers import DeadlineTimer

_KEY: Final = "allocate"

_MAX_PREALLOCATED: Final = 5
"""Slots that one job assigns before they are written. The last of them is written while
its read is still fresh, and yet their records share one write to the disk."""

_MAX_FAILED_READS: Final = 2
"""Failed reads in a row after which the search ends with "no answer"."""


class SlotAllocator:
    """Finds free slots on one lock.

    The occupancy of unmanaged slots is cached, only to choose which slot to read first:
    no slot is assigned without a read in the same job. Slots that the lock calls not
    usable are skipped. It may call all of them so for a while: if no slot was found, one
    of them is read again, ever more rarely, and all of them once that one is usable.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        slot_records: SlotRecords,
        connection: LockConnection,
        reader: SlotReader,
        queue: JobQueue,
        timing: Timing,
        slot_range: range | None,
        on_allocated: Callable[[int], None],
        on_change: Callable[[], None],
    ) -> None:
        """Use only slots of `slot_range`, if the user set one.

        `on_allocated` is called for each slot that was assigned, `on_change` after each
        search.
        """
        self._slot_records = slot_records
        self._connection = connection
        self._reader = reader
        self._queue = queue
        self._timing = timing
        self._slot_range = slot_range
        self._on_allocated = on_allocated
        self._on_change = on_change
        self._retry_timer = DeadlineTimer[str](hass, self._on_due)
        self._seen: dict[int, Occupancy] = {}
        self._rechecks = 0
        self._rechecked_slot: int | None = None
        self._wanted: dict[CredentialRef, WantedCredential] = {}
        self.unassigned: Mapping[CredentialRef, Reason | None] = {}
        """Credentials without a slot, and why if that is known. Replaced, never mutated."""
        self._no_answer = False
        self._set_aside: AbstractSet[int] = frozenset()
        self._not_reserved: frozenset[CredentialRef] = frozenset()
        """Credentials for which no slot could be set aside: nobody needs to know."""

    @callback
    def async_set_wanted(
        self,
        wanted: Iterable[WantedCredential],
        reserved: AbstractSet[int] = frozenset(),
    ) -> None:
        """Replace the credentials that need a slot; search for those that are new.

        `reserved` are slots that are set aside for later: they count as free.
        """
        self._set_aside = reserved
        self._wanted = {each.credential: each for each in wanted}
        self.unassigned = {ref: self.unassigned.get(ref) for ref in self._wanted_now()}
        later = self._wanted.keys() - self.unassigned.keys()
        self._not_reserved &= later
        if None in self.unassigned.values() or later - self._not_reserved:
            self._submit()

    def _wanted_now(self) -> list[CredentialRef]:
        return [ref for ref, each in self._wanted.items() if not each.reserved]

    @callback
    def async_retry(self) -> None:
        """Search again for every credential that has no slot."""
        self.unassigned = dict.fromkeys(self._wanted_now())
        self._not_reserved = frozenset()
        self._submit()

    @callback
    def async_rescan(self) -> None:
        """Search again from scratch: read every unmanaged slot.

        Called when a user says that a slot was freed: a lock need not report that, so
        the cache is no use.
        """
        self._seen.clear()
        self._rechecks = 0
        self.async_retry()

    @callback
    def async_invalidate(self, slot: int | None) -> None:
        """Drop the cached occupancy of a slot, or with None of every slot.

        Search again if a credential found no slot earlier.
        """
        if slot is None:
            self._seen.clear()
        else:
            self._seen.pop(slot, None)
        if any(self.unassigned.values()) or self._not_reserved:
            self.async_retry()

    @property
    def not_usable_count(self) -> int:
        """Return how many slots the lock called not usable in the last search."""
        return list(self._seen.values()).count(Occupancy.NOT_USABLE)

    @callback
    def async_close(self) -> None:
        """Cancel the timer."""
        self._retry_timer.async_close()

    async def async_look(self, capabilities: Capabilities) -> SlotCount | None:
        """Read slots until one is empty; return the slot count, None if there is no answer.

        The cache alone never rules a slot out: a code may have been cleared without a
        report of the lock.
        """
        usable = self._usable(capabilities)
        remembered = set(self._seen)
        found = await self._find(usable)
        if found is None and not self._no_answer and remembered:
            for slot in remembered:
                self._seen.pop(slot, None)
            found = await self._find(usable)
        if found is None and self._no_answer:
            return None
        return count_slots(usable, self._managed, self._seen)

    def count_reserved(self, capabilities: Capabilities) -> SlotCount:
        """Return the slot count of a lock that cannot report occupancy."""
        return count_slots(self._usable(capabilities), self._managed, {})

    @property
    def _managed(self) -> AbstractSet[int]:
        """Return the slots that are not to be had."""
        return self._slot_records.records.keys() - self._set_aside

    @property
    def _best_evidence(self) -> Evidence:
        return self._slot_records.rules.best_evidence

    def _usable(self, capabilities: Capabilities) -> range:
        slots = capabilities.slots
        if self._slot_range is None:
            return slots
        return range(
            max(slots.start, self._slot_range.start),
            min(slots.stop, self._slot_range.stop),
        )

    @callback
    def _submit(self) -> None:
        if self._wanted:
            self._queue.submit(_KEY, Priority.WRITE, self._allocate)

    @callback
    def _on_due(self, _key: str) -> None:
        if self._no_answer:
            self.async_retry()
            return
        not_usable = self._seen.keys() - without_not_usable(self._seen).keys()
        self._rechecked_slot = slot = min(not_usable, default=None)
        if slot is not None:
            # the reasons stay as they are until the search has found a slot
            del self._seen[slot]
            self._submit()

    async def _allocate(self) -> None:
        try:
            await self._find_slots()
        finally:
            # one update of the state for all slots that were found together
            self._on_change()

    async def _find_slots(self) -> None:
        capabilities = self._slot_records.capabilities
        if capabilities is None:
            return
        usable = self._usable(capabilities)
        # a read of an empty slot must still be fresh when the slot is written
        stop_at = dt_util.utcnow() + self._timing.empty_read_max_age / 2
        for found, (credential, wanted) in enumerate(list(self._wanted.items())):
            if found == _MAX_PREALLOCATED or dt_util.utcnow() >= stop_at:
                self._submit()
                return
            observed = Observation()
            if capabilities.shows_occupancy:
                slot = await self._find(usable)
                observed = Observation(
                    occupancy=Occupancy.EMPTY, observed_at=dt_util.utcnow()
                )
            else:
                slot = self._reserved(usable)
            if self._wanted.get(credential) != wanted:
                continue
            if slot is None:
                self._report_no_slot()
                return
            self._assign(slot, wanted, observed)

    @callback
    def _assign(
        self, slot: int, wanted: WantedCredential, observed: Observation
    ) -> None:
        del self._wanted[wanted.credential]
        waiting = dict(self.unassigned)
        waiting.pop(wanted.credential, None)
        self.unassigned = waiting
        desired = DesiredState.ABSENT if wanted.reserved else DesiredState.PRESENT
        # it was just read as empty, and nothing of ours has ever been in it
        is_proven = wanted.reserved and observed.observed_at is not None
        self._slot_records.async_save(
            SlotRecord(
                slot=slot,
                credential=wanted.credential,
                person_name=wanted.person_name,
                target=Target(
                    desired,
                    wanted.revision,
                    wanted.schedule,
                    only_scheduled=wanted.only_scheduled,
                ),
                observed=observed,
                evidence=self._best_evidence if is_proven else Evidence.NONE,
                verified_at=observed.observed_at if is_proven else None,
                owner_saved=True,
            )
        )
        self._on_allocated(slot)

    @callback
    def _report_no_slot(self) -> None:
        reason = Reason.NO_ANSWER if self._no_answer else Reason.NO_FREE_SLOT
        self.unassigned = dict.fromkeys(self._wanted_now(), reason)
        self._not_reserved = frozenset(self._wanted.keys() - self.unassigned.keys())
        wait = self._timing.unreachable_backoff
        at = None
        if not self._no_answer:
            if self.not_usable_count:
                self._rechecks += 1
                cap = self._timing.unreachable_backoff_cap
                at = dt_util.utcnow() + backoff(wait, cap, self._rechecks)
        elif self._connection.reachable:
            # LockConnection itself retries a lock that is unreachable
            at = dt_util.utcnow() + wait
        self._retry_timer.async_schedule(_KEY, at)

    def _reserved(self, usable: range) -> int | None:
        """Return an unused slot of the user's slot range, on a lock that cannot be read."""
        if self._slot_range is None:
            return None
        return next(
            (slot for slot in usable if slot not in self._slot_records.records), None
        )

    async def _find(self, usable: range) -> int | None:
        self._seen = {
            slot: occupancy
            for slot, occupancy in self._seen.items()
            if occupancy is not Occupancy.UNKNOWN
        }
        failed_reads = 0
        self._no_answer = False
        while True:
            slot = next_candidate(usable, self._slot_records.records.keys(), self._seen)
            if slot is None:
                return None
            reading = await self._reader.async_read(slot)
            if reading is None:
                self._seen[slot] = Occupancy.UNKNOWN
                failed_reads += 1
                if failed_reads == _MAX_FAILED_READS or not self._connection.reachable:
                    self._no_answer = True
                    return None
                continue
            failed_reads = 0
            if slot == self._rechecked_slot:
                self._rechecked_slot = None
                if reading.occupancy is not Occupancy.NOT_USABLE:
                    self._seen = without_not_usable(self._seen)
            self._seen[slot] = reading.occupancy
            if reading.occupancy is Occupancy.EMPTY:
                self._rechecks = 0
                return slot
