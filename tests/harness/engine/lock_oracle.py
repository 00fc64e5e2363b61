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

    guest: str | None = None
    """Somebody else's code that nobody has given us leave to touch."""
    guest_shown_at: float | None = None
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
            self.of(slot).guest = code.code

    def of(self, slot: int) -> SlotHistory:
        """Return the story of a slot."""
        return self._slots.setdefault(slot, SlotHistory())

    @property
    def unmanaged_codes(self) -> dict[int, str]:
        """Return the codes that have to be in the lock still."""
        return {
            slot: scenario.guest
            for slot, scenario in self._slots.items()
            if scenario.guest is not None
        }

    # What the engine asks

    def called(self, call: Call, slot: int, code: str | None = None) -> None:
        """The engine sends a write or a clear."""
        scenario = self.of(slot)
        now = _now()
        self._judge_guest(call, slot, scenario, now)
        if call is Call.WRITE:
            self._judge_write(slot, scenario, code)
            unseen = scenario.hidden is HiddenChange.UNTIL_READ and slot in self._held
            if unseen and self._profile is Profile.MASKING:
                # typed since the look, without a word: should ours get lost, then what
                # the mask shows from now on is what it would show of ours
                scenario.hidden = HiddenChange.FOR_GOOD
            scenario.written = code
            scenario.shown_occupied = True
            scenario.is_written = True
            scenario.written_until = now + TIMING.job_timeout.total_seconds() + WINDOW
        scenario.used_at = now
        scenario.is_unsure = True

    def returned(self, call: Call, slot: int) -> None:
        """A write or clear came back, or was given up."""
        scenario = self.of(slot)
        scenario.used_at = _now()
        if call is Call.WRITE:
            scenario.written_until = scenario.used_at + WINDOW

    def refused(self, slot: int) -> None:
        """The lock said before it took anything that it would not: that is an answer."""
        self.of(slot).written = None

    def shows(self, slot: int) -> ReadInFlight:
        """Return what a read that is on its way back will bring."""
        scenario = self.of(slot)
        return ReadInFlight(
            slot,
            slot in self._held,
            _now(),
            scenario.changes,
            scenario.used_at,
            self._run,
        )

    def answered(self, shown: ReadInFlight) -> None:
        """A read has come back with what the lock showed of a slot."""
        scenario = self.of(shown.slot)
        scenario.is_known = True
        if shown.used_at == scenario.used_at:
            scenario.shown_occupied = shown.held
            scenario.shown_at = shown.at
            scenario.written = None
            if shown.at >= scenario.written_until:
                scenario.is_written = False
        if shown.changes == scenario.changes:
            scenario.guest_shown_at = None if scenario.guest is None else _now()

    def believed(self, shown: ReadInFlight) -> None:
        """Who asked has had the time to make something of the answer."""
        if shown.run != self._run:
            return
        scenario = self.of(shown.slot)
        if shown.changes == scenario.changes and (
            scenario.hidden is not HiddenChange.FOR_GOOD or not shown.held
        ):
            if scenario.hidden is not HiddenChange.NOTHING:
                scenario.known_at = _now()
            scenario.hidden = HiddenChange.NOTHING
        if shown.changes == scenario.changes:
            scenario.is_woken = False

    def stopped(self) -> None:
        """Who asked stops, and makes nothing any more of what is on its way."""
        self._run += 1

    def unanswered(self, slot: int) -> None:
        """A read came back with nothing."""
        scenario = self.of(slot)
        if scenario.hidden is HiddenChange.UNTIL_ASKED:
            scenario.hidden = HiddenChange.NOTHING

    def landed(self, slot: int) -> None:
        """The lock has carried out what it was sent."""
        scenario = self.of(slot)
        # one that came between our command and its effect: it was judged when sent
        scenario.guest = None
        scenario.is_woken = False
        scenario.is_unsure = scenario.is_lost
        scenario.hidden = (
            HiddenChange.UNTIL_READ if scenario.is_lost else HiddenChange.NOTHING
        )

    # What people do

    def typed(self, slot: int, code: str, *, told: bool) -> None:
        """Somebody programs a code at the keypad."""
        scenario = self.of(slot)
        was_held = slot in self._held
        stays = scenario.guest is not None or (
            not was_held and not self._counts_as_ours(slot, scenario)
        )
        scenario.guest = code if stays else None
        scenario.guest_shown_at = None
        # behind a mask it looks like ours, be that there or on its way
        masked = was_held or _is_hidden(scenario) or scenario.is_written
        self._hide(slot, told=told, masked=masked)

    def deleted(self, slot: int, *, told: bool) -> None:
        """Somebody deletes a code at the keypad."""
        scenario = self.of(slot)
        scenario.guest = None
        self._hide(slot, told=told, masked=False)

    def disabled(self, slot: int, *, told: bool) -> None:
        """Somebody switches a code off at the lock; a mask shows that as well."""
        self._hide(slot, told=told, masked=False)

    def woken(self, slot: int) -> None:
        """A code that was off is on by itself; a read shows it, and it may be told."""
        scenario = self.of(slot)
        scenario.is_woken = True
        scenario.changes += 1
        self.externally_touched.add(slot)

    def left(self, slot: int, code: str) -> None:
        """A user lets a code of ours stay, for nobody: it is as good as a guest's."""
        scenario = self.of(slot)
        self._slots[slot] = SlotHistory(
            guest=code,
            changes=scenario.changes + 1,
            # a power cut may bring back what was known before, and no more than that
            used_at=scenario.used_at,
            hidden=scenario.hidden,
            known_at=scenario.known_at,
            lost_until=scenario.lost_until,
        )
        self.externally_touched.add(slot)

    def replaced(self, slot: int) -> None:
        """A user lets us put ours over what somebody else put there."""
        self.of(slot).guest = None

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
        scenario = self.of(slot)
        if is_full and settled and scenario.used_at >= saved_at:
            # access is taken away even if the disk is full; then nothing on it says so
            scenario.lost_until = (
                scenario.used_at + TIMING.job_timeout.total_seconds() + WINDOW
            )
            scenario.is_unsure = True
            scenario.changes += 1
            scenario.hidden = HiddenChange.UNTIL_READ
            self.externally_touched.add(slot)
        if scenario.known_at >= saved_at:
            # what was reported or read then is not on disk
            self._hide(slot, told=False, masked=occupied or awaited)
        if scenario.guest_shown_at is not None and scenario.guest_shown_at >= saved_at:
            # nor is the look that showed it; what may have been sent to that slot since
            # is taken off, and that does not wait for a lock that does not answer
            scenario.guest_shown_at = None
        if occupied:
            # that it was seen empty since is lost: what is there took the place of ours
            scenario.shown_occupied = True
            scenario.guest = None
        if not settled:
            # what was sent after the last save is taken for ours when it is found
            scenario.is_written = True
            scenario.written_until = max(scenario.written_until, _now() + WINDOW)
            if self._profile is not Profile.READABLE:
                scenario.guest = None

    # Inside

    def _judge_guest(
        self, call: Call, slot: int, scenario: SlotHistory, now: float
    ) -> None:
        if scenario.guest is None:
            return
        if self._profile is Profile.WRITE_ONLY and self._counts_as_ours(slot, scenario):
            # left there when the lock was given up; its range is ours by the user's word
            scenario.guest = None
            return
        if scenario.guest_shown_at is not None:
            self.faults.append(f"a {call} of slot {slot} hits a code that is not ours")
        elif not (
            scenario.is_written
            or (scenario.shown_at is not None and now - scenario.shown_at <= FRESH)
        ):
            self.faults.append(f"a {call} of slot {slot} that was not looked at before")
        scenario.guest = None

    def _judge_write(self, slot: int, scenario: SlotHistory, code: str | None) -> None:
        if self._profile is Profile.WRITE_ONLY:
            return
        if not scenario.is_known:
            self.faults.append(f"slot {slot} is written and was never read")
        elif scenario.written == code:
            # another code may follow at once: the newest wish does not wait
            self.faults.append(f"slot {slot} is written twice without a read between")

    def _counts_as_ours(self, slot: int, scenario: SlotHistory) -> bool:
        if self._profile is Profile.WRITE_ONLY:
            return self.reserved is not None and slot in self.reserved
        if self._profile is Profile.MASKING and scenario.is_written:
            return True
        return scenario.shown_occupied is True

    def _hide(self, slot: int, *, told: bool, masked: bool) -> None:
        scenario = self.of(slot)
        scenario.is_unsure = True
        scenario.changes += 1
        self.externally_touched.add(slot)
        if told:
            scenario.known_at = _now()
        is_masking = self._profile is Profile.MASKING
        like_ours = (
            _now() <= scenario.used_at + REPORT_WINDOW
            or _now() <= scenario.written_until
        )
        if told and not like_ours:
            scenario.hidden = HiddenChange.NOTHING
        elif masked and is_masking:
            scenario.hidden = HiddenChange.FOR_GOOD
        elif told and not is_masking:
            scenario.hidden = HiddenChange.UNTIL_ASKED
        else:
            scenario.hidden = HiddenChange.UNTIL_READ


def _is_hidden(scenario: SlotHistory) -> bool:
    return scenario.hidden in (HiddenChange.UNTIL_READ, HiddenChange.FOR_GOOD)


def _now() -> float:
    return asyncio.get_running_loop().time()
