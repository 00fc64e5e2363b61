"""A lock with one slot that does to codes what real locks do, and real locks' faults."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from custom_components.keyholder.logic.on_read import identify_reading
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE, LockSchedule
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import SlotReading, WriteResult
from custom_components.keyholder.model.slot import Observation, Reason
from custom_components.keyholder.model.slot_events import CommandOutcome, Rejected

UNMANAGED_CODE = "90999"


def pin_of(revision: int) -> str:
    """Return our PIN of that revision."""
    return f"907{revision}"


type Commit = Held | bool | None
"""What a command leaves in the slot; a bool switches on or off what is there."""


PINS = {revision: Pin(pin_of(revision)) for revision in range(1, 9)}


@dataclass(frozen=True)
class Held:
    """A code in the slot. `foreign`: somebody else put it there."""

    code: str
    enabled: bool = True
    foreign: bool = False


@dataclass
class SimulatedLock:
    """What is really in the slot, and what the lock makes of commands.

    `limits` are in force for whatever code the slot holds; `live` tells under which ones
    a code of ours ever was.
    """

    best_evidence: Evidence = Evidence.VALUE
    held: Held | None = None
    drop_writes: int = 0
    drop_clears: int = 0
    late_writes: timedelta | None = None
    late_clears: timedelta | None = None
    mute_reads: int = 0
    reads_empty: bool = False
    """It stores codes, and shows its slot as empty all the same."""
    switches_off: bool = False
    tells_makers: bool = False
    """Masked codes are shown with who made them."""
    answer: CommandOutcome = WriteResult.OPTIMISTIC
    commits: list[tuple[datetime, Commit]] = field(default_factory=list)
    switches: bool = False
    """Codes can be switched off and on, and are shown as what they are."""
    drop_switches: int = 0
    late_switches: timedelta | None = None
    refuses_switches: Reason | None = None
    limits: LockSchedule = NO_SCHEDULE
    refuses_limits: bool = False
    keeps_limits: bool = False
    live: list[LockSchedule] = field(default_factory=list)
    asked: list[LockSchedule] = field(default_factory=list)

    def settle(self, now: datetime) -> None:
        """Carry out what was accepted and is due by now."""
        for commit in sorted(self.commits, key=lambda each: each[0]):
            if commit[0] <= now:
                self.commits.remove(commit)
                if not isinstance(commit[1], bool):
                    self.held = commit[1]
                elif self.held is not None:
                    self.held = replace(self.held, enabled=commit[1])
                self.note()

    def note(self) -> None:
        """Remember under which limits the code in the slot is, if it is ours."""
        if self.held is not None and self.held.enabled and not self.held.foreign:
            self.live.append(self.limits)

    def write(
        self, revision: int, now: datetime, limits: LockSchedule | None = None
    ) -> CommandOutcome:
        """Take a write with its limits, or say no, or lose it."""
        self.settle(now)
        if limits is not None:
            self.asked.append(limits)
            refused = self.refuses_limits and not limits.is_empty
            if refused or (self.keeps_limits and limits != self.limits):
                return Rejected(Reason.LIMITS_REFUSED)
            self.limits = limits
            self.note()
        return self._command(Held(pin_of(revision), not self.switches_off), now)

    def clear(self, now: datetime) -> CommandOutcome:
        """Take a clear, or say no, or lose it."""
        return self._command(None, now)

    def switch(self, now: datetime, *, on: bool) -> CommandOutcome:
        """Switch the code on or off, or say no, or forget it."""
        if self.refuses_switches is not None:
            return Rejected(self.refuses_switches)
        return self._command(on, now)

    def read(self, now: datetime) -> Observation | None:
        """Return what the lock shows, recognised, or None if it does not answer."""
        self.settle(now)
        if self.mute_reads:
            self.mute_reads -= 1
            return None
        if self.held is None or self.reads_empty:
            return identify_reading(SlotReading.empty(), PINS)
        if self.best_evidence is Evidence.PRESENCE:
            on = True if self.switches else None
            enabled = on if self.held.enabled else False
            ours = not self.held.foreign if self.tells_makers else None
            return identify_reading(
                SlotReading.masked(enabled=enabled, ours=ours), PINS
            )
        reading = SlotReading.present(Pin(self.held.code), enabled=self.held.enabled)
        return identify_reading(reading, PINS)

    def _command(self, held: Commit, now: datetime) -> CommandOutcome:
        self.settle(now)
        if isinstance(self.answer, Rejected):
            return self.answer
        late = self.late_clears if held is None else self.late_writes
        late = self.late_switches if isinstance(held, bool) else late
        if not self._is_dropped(held):
            self.commits.append((now + (late or timedelta()), held))
            self.settle(now)
        return self.answer

    def _is_dropped(self, held: Commit) -> bool:
        if isinstance(held, bool):
            is_dropped = self.drop_switches > 0
            self.drop_switches -= is_dropped
            return is_dropped
        if held is None and self.drop_clears:
            self.drop_clears -= 1
            return True
        if held is not None and self.drop_writes:
            self.drop_writes -= 1
            return True
        return False
