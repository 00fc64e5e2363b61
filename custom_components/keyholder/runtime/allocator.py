"""Finds a slot for each credential that needs one, by reading the lock itself."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..logic.allocation import SlotCount, count_slots, next_candidate
from ..logic.plan import WantedCredential
from ..model.credential import CredentialRef
from ..model.reading import Capabilities, Occupancy
from ..model.slot import DesiredState, Observation, Reason, SlotRecord, SlotSchedule
from ..model.timing import Timing
from .lock_line import LockConnection
from .queue import JobQueue, Priority
from .slot_book import SlotRecords
from .wakeups import DeadlineTimer

_KEY: Final = "allocate"

_MAX_PREALLOCATED: Final = 5
"""Slots that are found before they are written: the last one's turn comes while what was
seen of it is fresh, and yet their records share a write to the disk."""

_MAX_FAILED_READS: Final = 2
"""Slots in a row that cannot be read before the lock counts as silent."""


class SlotAllocator:
    """The search for free slots on one lock.

    What was seen of slots that are not ours is kept in memory, only to choose where
    to look first: no slot is taken without having been read in the same job.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        book: SlotRecords,
        line: LockConnection,
        queue: JobQueue,
        timing: Timing,
        slot_range: range | None,
        on_allocated: Callable[[int], None],
        on_change: Callable[[], None],
    ) -> None:
        """Use only slots of `slot_range`, if the user set one."""
        self._book = book
        self._line = line
        self._queue = queue
        self._timing = timing
        self._slot_range = slot_range
        self._on_allocated = on_allocated
        self._on_change = on_change
        self._wakeups = DeadlineTimer[str](hass, self._on_due)
        self._seen: dict[int, Occupancy] = {}
        self._wanted: dict[CredentialRef, WantedCredential] = {}
        self.unassigned: Mapping[CredentialRef, Reason | None] = {}
        """Who has no slot yet, and why if that is known. Replaced, never changed."""
        self._silent = False

    @callback
    def set_wanted(self, wanted: Iterable[WantedCredential]) -> None:
        """Replace what is to be found a slot for."""
        self._wanted = {each.credential: each for each in wanted}
        self.unassigned = {ref: self.unassigned.get(ref) for ref in self._wanted}
        if None in self.unassigned.values():
            self._submit()

    @callback
    def retry(self) -> None:
        """Try again those who found nothing."""
        self.unassigned = dict.fromkeys(self._wanted)
        self._submit()

    @callback
    def rescan(self) -> None:
        """Try again those who found nothing, with every slot that is not ours.

        Somebody has made room: a lock need not tell of it, so memory is no use.
        """
        self._seen.clear()
        self.retry()

    @callback
    def invalidate(self, slot: int | None) -> None:
        """A slot, or with None every slot, was changed at the lock."""
        if slot is None:
            self._seen.clear()
        else:
            self._seen.pop(slot, None)
        if any(self.unassigned.values()):
            self.retry()

    @callback
    def close(self) -> None:
        """Stop: no timer stays."""
        self._wakeups.close()

    async def async_look(self, capabilities: Capabilities) -> SlotCount | None:
        """Return how the slots are taken after looking for a free one.

        Reads only until one is seen empty. None if the lock does not say. What was seen
        earlier refuses nobody: a code may be gone without the lock having told it.
        """
        usable = self._usable(capabilities)
        remembered = set(self._seen)
        found = await self._find(usable)
        if found is None and not self._silent and remembered:
            for slot in remembered:
                self._seen.pop(slot, None)
            found = await self._find(usable)
        if found is None and self._silent:
            return None
        return count_slots(usable, self._book.records.keys(), self._seen)

    def count_reserved(self, capabilities: Capabilities) -> SlotCount:
        """Return how the slots are taken on a lock that shows nothing."""
        return count_slots(self._usable(capabilities), self._book.records.keys(), {})

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
        self.retry()

    async def _allocate(self) -> None:
        try:
            await self._find_slots()
        finally:
            # what was found together is shown together
            self._on_change()

    async def _find_slots(self) -> None:
        capabilities = self._book.capabilities
        if capabilities is None:
            return
        usable = self._usable(capabilities)
        # what was found empty must still be fresh when its turn to be written comes
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
        del waiting[wanted.credential]
        self.unassigned = waiting
        self._book.save(
            SlotRecord(
                slot=slot,
                credential=wanted.credential,
                person_name=wanted.person_name,
                desired=DesiredState.PRESENT,
                revision=wanted.revision,
                observed=observed,
                schedule=SlotSchedule(requested=wanted.schedule),
                owner_saved=True,
            )
        )
        self._on_allocated(slot)

    @callback
    def _report_no_slot(self) -> None:
        silent = self._silent
        reason = Reason.NO_ANSWER if silent else Reason.NO_FREE_SLOT
        self.unassigned = dict.fromkeys(self._wanted, reason)
        if silent:
            # a lock that is out of reach is tried again by its line
            at = dt_util.utcnow() + self._timing.unreachable_backoff
            self._wakeups.schedule(_KEY, at if self._line.reachable else None)

    def _reserved(self, usable: range) -> int | None:
        """Return a slot of a lock that shows nothing, if the user gave it to us."""
        if self._slot_range is None:
            return None
        return next((slot for slot in usable if slot not in self._book.records), None)

    async def _find(self, usable: range) -> int | None:
        self._seen = {
            slot: occupancy
            for slot, occupancy in self._seen.items()
            if occupancy is not Occupancy.UNKNOWN
        }
        silences = 0
        self._silent = False
        while True:
            slot = next_candidate(usable, self._book.records.keys(), self._seen)
            if slot is None:
                return None
            reading = await self._line.async_read(slot)
            if reading is None:
                self._seen[slot] = Occupancy.UNKNOWN
                silences += 1
                if silences == _MAX_FAILED_READS or not self._line.reachable:
                    self._silent = True
                    return None
                continue
            silences = 0
            self._seen[slot] = reading.occupancy
            if reading.occupancy is Occupancy.EMPTY:
                return slot
