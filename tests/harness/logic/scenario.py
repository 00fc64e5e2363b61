"""Plays the reducer against a simulated lock, on a clock that only the test moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.logic.next_step import effects_of, next_step
from custom_components.keyholder.logic.slot_schedule import (
    is_schedule_read_due,
    schedule_to_write,
)
from custom_components.keyholder.logic.snapshots import slot_reason, slot_state
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import LockSchedule
from custom_components.keyholder.model.slot import (
    DesiredState,
    Operation,
    Reason,
    SlotRecord,
    SlotState,
    Target,
)
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    CommandReturned,
    CommandStarted,
    DeadlinePassed,
    DesiredChanged,
    Effect,
    LockTraits,
    Notify,
    Observed,
    ReadFailed,
    Restarted,
    ResumeChoice,
    SlotEvent,
    Step,
    UserResumed,
    WakeAt,
)
from custom_components.keyholder.model.timing import MAX_FAILURES, Timing
from custom_components.keyholder.runtime.lock.slot_records import ExpectedReports
from tests.harness.logic.simulated_lock import Held, SimulatedLock

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FOREVER = 400 * 24 * 3600.0
SUSPENDED = "suspended"
NOT_CLEARED = "not_cleared"
MOST_PER_INSTANT = 12
"""More steps than this at one instant are a loop."""


class Scenario:
    """One slot, its lock, and all that happened to them, in seconds from the start."""

    def __init__(
        self,
        best_evidence: Evidence = Evidence.VALUE,
        *,
        held: Held | None = None,
        desired: DesiredState = DesiredState.PRESENT,
        switches: bool = False,
        timing: Timing | None = None,
    ) -> None:
        self.rules = LockTraits(best_evidence=best_evidence, timing=timing or Timing())
        self.lock = SimulatedLock(
            best_evidence=best_evidence,
            held=held,
            switches=switches,
            tells_makers=switches,
        )
        self.now = START
        self.record = SlotRecord(
            slot=1,
            credential=CredentialRef("ada"),
            person_name="Ada",
            target=Target(desired, 1),
            owner_saved=True,
        )
        self.expected_reports = self._restored_reports()
        self.notices: list[str] = []
        self.radio: list[tuple[float, str]] = []
        self.rereads: list[float] = []
        """When a new code was read once more: that is not in `radio`."""
        self.on_the_way: CommandReturned | None = None
        self.holds_returns = False

    # What happens

    def send(self, event: SlotEvent) -> tuple[Effect, ...]:
        """Let an event change the record; return its effects."""
        before = self.record
        self.record, effects = reduce(before, event, self.now, self.rules)
        self.expected_reports.on_changed(before, self.record, self.now)
        steps = tuple(each for each in effects if not isinstance(each, Notify))
        assert steps == effects_of(self.record, self.now, self.rules)
        self.notices += [each.notice for each in effects if isinstance(each, Notify)]
        self.notices += trouble_between(before, self.record)
        return effects

    def want(self, desired: DesiredState, revision: int | None = None) -> None:
        """Change what is desired."""
        limits = self.record.target.schedule
        self.send(
            DesiredChanged(Target(desired, revision or self.record.revision, limits))
        )

    def limit(self, limits: LockSchedule | None) -> None:
        """Let the lock enforce something else for the code that is wanted."""
        self.send(
            DesiredChanged(Target(DesiredState.PRESENT, self.record.revision, limits))
        )

    def want_absent(self) -> None:
        """Take the code away."""
        self.want(DesiredState.ABSENT)

    def disable_code(self) -> None:
        """Take the code away for now."""
        limits = self.record.target.schedule
        revision = self.record.revision
        self.send(
            DesiredChanged(
                Target(DesiredState.ABSENT, revision, limits, temporarily_denied=True)
            )
        )

    def want_present(self, revision: int | None = None) -> None:
        """Give the code, or a new one."""
        self.want(DesiredState.PRESENT, revision)

    def keypad(self, code: str | None, *, event: ChangeKind | None = None) -> None:
        """Somebody changes the slot at the lock."""
        self.lock.settle(self.now)
        self.lock.held = None if code is None else Held(code, foreign=True)
        if event is not None:
            self.hint(event)

    def hint(self, change: ChangeKind) -> None:
        """The lock reports a change."""
        self.send(self.expected_reports.event_of(1, change, self.now))

    def look(self) -> None:
        """Read the slot now, whether or not anything asks for it."""
        self._read()

    def resume(self, choice: ResumeChoice = ResumeChoice.RETRY) -> None:
        """A user gives the word to go on."""
        self.send(UserResumed(choice))

    def restart(self, *, after: float = 0) -> None:
        """Home Assistant is away for so many seconds."""
        self.now += timedelta(seconds=after)
        self.expected_reports = self._restored_reports()
        self.send(Restarted())

    def cut(self, stored: SlotRecord) -> None:
        """The power goes: of this slot the disk knows no more than `stored`."""
        self.record = stored
        self.expected_reports = self._restored_reports()
        self.send(Restarted(unclean_shutdown=True))

    def _restored_reports(self) -> ExpectedReports:
        return ExpectedReports(self.rules.timing, [self.record])

    # Time

    def run(self, seconds: float = 600) -> None:
        """Do what is due, for so many seconds."""
        end = self.now + timedelta(seconds=seconds)
        at_this_instant = 0
        while True:
            step = self.step()
            if step is not None and step.after <= self.now:
                at_this_instant += 1
                assert at_this_instant <= MOST_PER_INSTANT, "a loop without a pause"
                self.execute(step)
                continue
            effects = effects_of(self.record, self.now, self.rules)
            moments = [
                each.at if isinstance(each, WakeAt) else each.after
                for each in effects
                if not isinstance(each, Notify)
            ]
            at = min((each for each in moments if each > self.now), default=end)
            if at >= end:
                self.now = end
                self.lock.settle(end)
                return
            self.now = at
            at_this_instant = 0
            self.send(DeadlinePassed())

    def execute(self, step: Step) -> None:
        """Use the radio for a step."""
        if step.operation is None and self._is_reread:
            self.rereads.append(self.seconds)
            self._read(is_reread=True)
        elif step.operation is None:
            self._read()
        else:
            self._operate(step.operation)

    def deliver(self) -> None:
        """Let the operation come back that was held on the way."""
        assert self.on_the_way is not None
        event, self.on_the_way = self.on_the_way, None
        self.send(event)

    @property
    def _is_reread(self) -> bool:
        record = self.record
        at_rest = record.is_verified and not record.needs_read
        return at_rest and not record.retry.failed_reads

    def _read(self, *, is_reread: bool = False) -> None:
        if not is_reread:
            self._count("read")
        seen = self.lock.read(self.now)
        if seen is not None and is_schedule_read_due(self.record, seen):
            if not is_reread:
                self._count("read limits")
            seen = replace(seen, schedule=self.lock.limits)
        self.send(ReadFailed() if seen is None else Observed(seen))

    def _operate(self, operation: Operation) -> None:
        self._count(operation.value)
        started_at = self.now
        limits = schedule_to_write(self.record)
        self.send(CommandStarted(operation))
        match operation:
            case Operation.WRITE:
                outcome = self.lock.write(self.record.revision, self.now, limits)
            case Operation.CLEAR:
                outcome = self.lock.clear(self.now)
            case _:
                on = operation is Operation.ENABLE
                outcome = self.lock.switch(self.now, on=on)
        self.on_the_way = CommandReturned(started_at, outcome)
        if not self.holds_returns:
            self.deliver()

    def _count(self, what: str) -> None:
        self.radio.append((self.seconds, what))

    # What can be seen

    @property
    def seconds(self) -> float:
        """Return the time since the start."""
        return (self.now - START).total_seconds()

    def step(self) -> Step | None:
        """Return what the record asks for now."""
        return next_step(self.record, self.now, self.rules)

    def state(self) -> SlotState | None:
        """Return the state that is shown."""
        return slot_state(self.record, self.rules, reachable=True)

    def reason(self) -> Reason | None:
        """Return the reason that is shown."""
        return slot_reason(self.record, reachable=True)

    def is_report_expected(self) -> bool:
        """Return whether the lock may still report a command whose effect was seen."""
        return self.expected_reports.explain(1, ChangeKind.UNKNOWN, self.now)

    def operations(self) -> list[str]:
        """Return what the radio was used for since this was last asked."""
        names = [name for _, name in self.radio]
        self.radio.clear()
        return names

    def published(self) -> list[str]:
        """Return the notices, and the trouble that began, since this was last asked."""
        notices, self.notices = self.notices, []
        return notices


def trouble_between(before: SlotRecord, after: SlotRecord) -> list[str]:
    """Return which trouble of a slot is in the second record, and not in the first."""
    suspended = after.blocked not in (None, before.blocked)
    not_cleared = (
        after.desired is DesiredState.ABSENT
        and before.retry.failed_attempts < MAX_FAILURES <= after.retry.failed_attempts
    )
    return [SUSPENDED] * suspended + [NOT_CLEARED] * not_cleared


def in_sync(best_evidence: Evidence = Evidence.VALUE) -> Scenario:
    """Return a slot that holds our first PIN, proven, long ago."""
    scenario = Scenario(best_evidence)
    scenario.run(3600)
    assert scenario.record.is_verified
    scenario.operations()
    scenario.published()
    return scenario
