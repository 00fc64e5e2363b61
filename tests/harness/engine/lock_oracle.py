"""What can be known of a lock from outside, and what the engine may not do to it.

The engine is judged by what it was shown. Each excuse says why no engine could know.
How to use it: `DelayedFakeLock` reports all that happens to its oracle; what the engine
did wrong is in `faults`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from custom_components.keyholder.model.timing import Timing
from tests.harness.fakes.provider import Call, Held, Profile

TIMING: Final = Timing()
WINDOW: Final = TIMING.write_window.total_seconds()
FRESH: Final = TIMING.empty_read_max_age.total_seconds() + 1
"""How old a look at an empty slot may be when it is written; calls take a moment."""
REPORT_WINDOW: Final = WINDOW + TIMING.report_window.total_seconds() + 5
"""How long after an operation of ours a report may be taken for its echo."""


class HiddenChange(Enum):
    """What the lock holds and the engine cannot know, and until when."""

    NOTHING = auto()
    UNTIL_READ = auto()
    """Changed without a word: until a read is answered."""
    UNTIL_ASKED = auto()
    """Reported like our own doing: until a read comes back, whatever it brings."""
    FOR_GOOD = auto()
    """Another code behind the same mask: until the slot is seen empty, or changed."""


@dataclass(slots=True)
class SlotHistory:
    """What has happened to one slot, as the engine could see it."""

    unmanaged_code: str | None = None
    """Somebody else's code that nobody has given us leave to touch."""
    unmanaged_read_at: float | None = None
    """When a read showed that code."""
    shown_occupied: bool | None = None
    """What the last read showed; a write of ours counts as occupied."""
    shown_at: float | None = None
    written: str | None = None
    """The code that was sent last, until a read has been answered since."""
    is_known: bool = False
    """A read was answered at least once."""
    written_until: float = 0.0
    """Until when a write of ours may explain that the slot is occupied."""
    is_written: bool = False
    """There was such a write, and no read after that time has shown its end."""
    used_at: float = -1e9
    hidden: HiddenChange = HiddenChange.NOTHING
    known_at: float = -1e9
    """When a change that somebody made last became known."""
    changes: int = 0
    """How often somebody changed it."""
    lost_until: float = -1e9
    """Until when a command may land that no journal could take down: a full disk."""
    is_woken: bool = False
    """A code that was off is on by itself, and no read has shown it."""
    is_unsure: bool = False
    """Nothing has landed since a change, or since a command that may be lost."""

    @property
    def is_lost(self) -> bool:
        """Return whether what lands now may be what nobody remembers."""
        return _now() <= self.lost_until


@dataclass(frozen=True, slots=True)
class ReadInFlight:
    """What the lock showed of a slot, on its way to who asked."""

    slot: int
    held: bool
    at: float
    changes: int
    used_at: float
    run: int
    """Of those who ask, one after the other, who asked."""


class LockOracle:
    """The slots of one lock. What the engine did wrong is in `faults`."""

    def __init__(self, profile: Profile, held: Mapping[int, Held]) -> None:
        """Take everything that is held now for somebody else's."""
        self.faults: list[str] = []
        self.reserved: range | None = None
        """The slots that the user gave to us on a lock that shows nothing."""
        self._profile = profile
        self._held = held
        self.externally_touched = set(held)
        """The slots that anybody but us ever had to do with."""
        self._slots: dict[int, SlotHistory] = {}
        self._run = 0
        for slot, code in held.items():
            self.of(slot).unmanaged_code = code.code

    def of(self, slot: int) -> SlotHistory:
        """Return the history of a slot."""
        return self._slots.setdefault(slot, SlotHistory())

    @property
    def unmanaged_codes(self) -> dict[int, str]:
        """Return the codes that have to be in the lock still."""
        return {
            slot: slot_history.unmanaged_code
            for slot, slot_history in self._slots.items()
            if slot_history.unmanaged_code is not None
        }

    # What the engine asks

    def called(self, call: Call, slot: int, code: str | None = None) -> None:
        """The engine sends a write or a clear."""
        slot_history = self.of(slot)
        now = _now()
        self._judge_unmanaged(call, slot, slot_history, now)
        if call is Call.WRITE:
            self._judge_write(slot, slot_history, code)
            unseen = (
                slot_history.hidden is HiddenChange.UNTIL_READ and slot in self._held
            )
            if unseen and self._profile is Profile.MASKING:
                # typed since the look, without a word: should ours get lost, then what
                # the mask shows from now on is what it would show of ours
                slot_history.hidden = HiddenChange.FOR_GOOD
            slot_history.written = code
            slot_history.shown_occupied = True
            slot_history.is_written = True
            slot_history.written_until = (
                now + TIMING.job_timeout.total_seconds() + WINDOW
            )
        slot_history.used_at = now
        slot_history.is_unsure = True

    def returned(self, call: Call, slot: int) -> None:
        """A write or clear came back, or was given up."""
        slot_history = self.of(slot)
        slot_history.used_at = _now()
        if call is Call.WRITE:
            slot_history.written_until = slot_history.used_at + WINDOW

    def refused(self, slot: int) -> None:
        """The lock said before it took anything that it would not: that is an answer."""
        self.of(slot).written = None

    def shows(self, slot: int) -> ReadInFlight:
        """Return what a read that is on its way back will bring."""
        slot_history = self.of(slot)
        return ReadInFlight(
            slot,
            slot in self._held,
            _now(),
            slot_history.changes,
            slot_history.used_at,
            self._run,
        )

    def answered(self, shown: ReadInFlight) -> None:
        """A read has come back with what the lock showed of a slot."""
        slot_history = self.of(shown.slot)
        slot_history.is_known = True
        if shown.used_at == slot_history.used_at:
            slot_history.shown_occupied = shown.held
            slot_history.shown_at = shown.at
            slot_history.written = None
            if shown.at >= slot_history.written_until:
                slot_history.is_written = False
        if shown.changes == slot_history.changes:
            slot_history.unmanaged_read_at = (
                None if slot_history.unmanaged_code is None else _now()
            )

    def accept_read(self, shown: ReadInFlight) -> None:
        """Who asked has had the time to make something of the answer."""
        if shown.run != self._run:
            return
        slot_history = self.of(shown.slot)
        if shown.changes == slot_history.changes and (
            slot_history.hidden is not HiddenChange.FOR_GOOD or not shown.held
        ):
            if slot_history.hidden is not HiddenChange.NOTHING:
                slot_history.known_at = _now()
            slot_history.hidden = HiddenChange.NOTHING
        if shown.changes == slot_history.changes:
            slot_history.is_woken = False

    def stopped(self) -> None:
        """Who asked stops, and makes nothing any more of what is on its way."""
        self._run += 1

    def unanswered(self, slot: int) -> None:
        """A read came back with nothing."""
        slot_history = self.of(slot)
        if slot_history.hidden is HiddenChange.UNTIL_ASKED:
            slot_history.hidden = HiddenChange.NOTHING

    def landed(self, slot: int) -> None:
        """The lock has carried out what it was sent."""
        slot_history = self.of(slot)
        # one that came between our command and its effect: it was judged when sent
        slot_history.unmanaged_code = None
        slot_history.is_woken = False
        slot_history.is_unsure = slot_history.is_lost
        slot_history.hidden = (
            HiddenChange.UNTIL_READ if slot_history.is_lost else HiddenChange.NOTHING
        )

    # What people do

    def typed(self, slot: int, code: str, *, reported: bool) -> None:
        """Somebody programs a code at the keypad."""
        slot_history = self.of(slot)
        was_held = slot in self._held
        stays = slot_history.unmanaged_code is not None or (
            not was_held and not self._counts_as_ours(slot, slot_history)
        )
        slot_history.unmanaged_code = code if stays else None
        slot_history.unmanaged_read_at = None
        # behind a mask it looks like ours, be that there or on its way
        masked = was_held or _is_hidden(slot_history) or slot_history.is_written
        self._hide(slot, reported=reported, masked=masked)

    def deleted(self, slot: int, *, reported: bool) -> None:
        """Somebody deletes a code at the keypad."""
        slot_history = self.of(slot)
        slot_history.unmanaged_code = None
        self._hide(slot, reported=reported, masked=False)

    def disabled(self, slot: int, *, reported: bool) -> None:
        """Somebody switches a code off at the lock; a mask shows that as well."""
        self._hide(slot, reported=reported, masked=False)

    def woken(self, slot: int) -> None:
        """A code that was off is on by itself; a read shows it, and it may be reported."""
        slot_history = self.of(slot)
        slot_history.is_woken = True
        slot_history.changes += 1
        self.externally_touched.add(slot)

    def left(self, slot: int, code: str) -> None:
        """A user lets a code of ours stay, for nobody: it is as good as a guest's."""
        slot_history = self.of(slot)
        self._slots[slot] = SlotHistory(
            unmanaged_code=code,
            changes=slot_history.changes + 1,
            # a power cut may bring back what was known before, and no more than that
            used_at=slot_history.used_at,
            hidden=slot_history.hidden,
            known_at=slot_history.known_at,
            lost_until=slot_history.lost_until,
        )
        self.externally_touched.add(slot)

    def replaced(self, slot: int) -> None:
        """A user lets us put ours over what somebody else put there."""
        self.of(slot).unmanaged_code = None

    def forgotten(
        self,
        slot: int,
        *,
        occupied: bool,
        awaited: bool,
        settled: bool,
        saved_at: float,
        is_full: bool,
    ) -> None:
        """The power was cut: what the journal says is all that is known of a slot.

        `awaited`: by the journal a write of ours may be about to show in it.
        """
        slot_history = self.of(slot)
        if is_full and settled and slot_history.used_at >= saved_at:
            # access is taken away even if the disk is full; then nothing on it says so
            slot_history.lost_until = (
                slot_history.used_at + TIMING.job_timeout.total_seconds() + WINDOW
            )
            slot_history.is_unsure = True
            slot_history.changes += 1
            slot_history.hidden = HiddenChange.UNTIL_READ
            self.externally_touched.add(slot)
        if slot_history.known_at >= saved_at:
            # what was reported or read then is not on disk
            self._hide(slot, reported=False, masked=occupied or awaited)
        if (
            slot_history.unmanaged_read_at is not None
            and slot_history.unmanaged_read_at >= saved_at
        ):
            # nor is the look that showed it; what may have been sent to that slot since
            # is taken off, and that does not wait for a lock that does not answer
            slot_history.unmanaged_read_at = None
        if occupied:
            # that it was seen empty since is lost: what is there took the place of ours
            slot_history.shown_occupied = True
            slot_history.unmanaged_code = None
        if not settled:
            # what was sent after the last save is taken for ours when it is found
            slot_history.is_written = True
            slot_history.written_until = max(
                slot_history.written_until, _now() + WINDOW
            )
            if self._profile is not Profile.READABLE:
                slot_history.unmanaged_code = None

    # Inside

    def _judge_unmanaged(
        self, call: Call, slot: int, slot_history: SlotHistory, now: float
    ) -> None:
        if slot_history.unmanaged_code is None:
            return
        if self._profile is Profile.WRITE_ONLY and self._counts_as_ours(
            slot, slot_history
        ):
            # left there when the lock was given up; its range is ours by the user's word
            slot_history.unmanaged_code = None
            return
        if slot_history.unmanaged_read_at is not None:
            self.faults.append(f"a {call} of slot {slot} hits a code that is not ours")
        elif not (
            slot_history.is_written
            or (
                slot_history.shown_at is not None
                and now - slot_history.shown_at <= FRESH
            )
        ):
            self.faults.append(f"a {call} of slot {slot} that was not looked at before")
        slot_history.unmanaged_code = None

    def _judge_write(
        self, slot: int, slot_history: SlotHistory, code: str | None
    ) -> None:
        if self._profile is Profile.WRITE_ONLY:
            return
        if not slot_history.is_known:
            self.faults.append(f"slot {slot} is written and was never read")
        elif slot_history.written == code:
            # another code may follow at once: the newest wish does not wait
            self.faults.append(f"slot {slot} is written twice without a read between")

    def _counts_as_ours(self, slot: int, slot_history: SlotHistory) -> bool:
        if self._profile is Profile.WRITE_ONLY:
            return self.reserved is not None and slot in self.reserved
        if self._profile is Profile.MASKING and slot_history.is_written:
            return True
        return slot_history.shown_occupied is True

    def _hide(self, slot: int, *, reported: bool, masked: bool) -> None:
        slot_history = self.of(slot)
        slot_history.is_unsure = True
        slot_history.changes += 1
        self.externally_touched.add(slot)
        if reported:
            slot_history.known_at = _now()
        is_masking = self._profile is Profile.MASKING
        like_ours = (
            _now() <= slot_history.used_at + REPORT_WINDOW
            or _now() <= slot_history.written_until
        )
        if reported and not like_ours:
            slot_history.hidden = HiddenChange.NOTHING
        elif masked and is_masking:
            slot_history.hidden = HiddenChange.FOR_GOOD
        elif reported and not is_masking:
            slot_history.hidden = HiddenChange.UNTIL_ASKED
        else:
            slot_history.hidden = HiddenChange.UNTIL_READ


def _is_hidden(slot_history: SlotHistory) -> bool:
    return slot_history.hidden in (HiddenChange.UNTIL_READ, HiddenChange.FOR_GOOD)


def _now() -> float:
    return asyncio.get_running_loop().time()
