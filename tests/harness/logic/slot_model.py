"""What is really in a slot, what is known of it, and what must hold between them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.logic.next_step import effects_of, next_step
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import Occupancy, WriteResult
from custom_components.keyholder.model.slot import (
    DesiredState,
    Operation,
    Origin,
    Reason,
    SlotRecord,
    Target,
)
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    CommandOutcome,
    CommandReturned,
    CommandStarted,
    DeadlinePassed,
    LockTraits,
    Notify,
    Observed,
    OutcomeUnknown,
    ReadFailed,
    Rejected,
    SlotEvent,
    Step,
)
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.runtime.lock.slot_records import ExpectedReports
from tests.harness.logic.scenario import START
from tests.harness.logic.simulated_lock import Commit, Held, SimulatedLock, pin_of

TIMING = Timing()
LATEST = TIMING.write_window

MOST_STEPS = 150
"""More steps than these in a few minutes, or to the end without faults, are a loop."""


def intent(record: SlotRecord) -> tuple[object, ...]:
    """Return what has to be on disk before anything is written to the lock."""
    never_seen = record.observed.occupancy is Occupancy.UNKNOWN
    return (
        record.desired,
        record.revision,
        record.origin,
        record.restored_at,
        never_seen,
    )


@dataclass(frozen=True)
class LockBehaviour:
    """What the lock makes of commands and questions, until it changes its mind."""

    answer: CommandOutcome = WriteResult.OPTIMISTIC
    takes: bool = True
    late: float = 0.0
    mute: bool = False


@dataclass(frozen=True)
class InFlightCommand:
    """An operation that was started and has not come back."""

    started_at: datetime
    held: Commit


class SlotModel:
    """One slot, its lock, external changes that interfere, and a memory that may be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.keeps_secrets = True
        self.is_disk_lazy = False
        """Only what is wanted is on disk before the radio is used, not what is done."""
        self.now = START
        self.lock_rules = LockTraits(best_evidence=Evidence.VALUE, timing=TIMING)
        self.lock = SimulatedLock()
        self.record = SlotRecord(
            slot=1,
            credential=CredentialRef("ada"),
            person_name="Ada",
            target=Target(DesiredState.PRESENT, 1),
        )
        self.stored = self.record
        self.forget_expected_reports()
        self.wanted = (DesiredState.PRESENT, 1)
        self.habit = LockBehaviour()
        self.flight: InFlightCommand | None = None
        self.temporarily_denied = False
        """Who is not wanted will be again."""
        self.said_for: Commit = None
        """What the lock last said that it took."""
        self.unseen_change = False
        """A masking lock was changed, and nothing could have reported it."""
        self.changed_at = self.now
        self.taken_for_done: list[object] = []
        """Commands on their way whose effect somebody had brought about in secret."""
        self.unmanaged_since = self.now
        self.is_unmanaged = False
        """Somebody else's code came into a slot that we last saw empty."""
        self.was_yes_said = False

    @property
    def flight_ends(self) -> datetime:
        assert self.flight is not None
        return self.flight.started_at + TIMING.job_timeout

    @property
    def due(self) -> Step | None:
        step = next_step(self.record, self.now, self.lock_rules)
        return step if step is not None and step.after <= self.now else None

    @property
    def tells_codes_apart(self) -> bool:
        return self.lock_rules.best_evidence is Evidence.VALUE

    @property
    def is_write_under_way(self) -> bool:
        return self.record.may_explain(Operation.WRITE)

    def send(self, event: SlotEvent) -> None:
        before = self.record
        self.record, effects = reduce(self.record, event, self.now, self.lock_rules)
        self.expected_reports.on_changed(before, self.record, self.now)
        steps = tuple(each for each in effects if not isinstance(each, Notify))
        assert steps == effects_of(self.record, self.now, self.lock_rules)
        if self.record.is_verified and (
            not before.is_verified or before.verified_at != self.record.verified_at
        ):
            self.check_the_proof()

    def report(self, change: ChangeKind) -> None:
        """The lock reports a change."""
        self.send(self.expected_reports.event_of(1, change, self.now))

    @property
    def is_report_expected(self) -> bool:
        return self.expected_reports.explain(1, ChangeKind.UNKNOWN, self.now)

    def forget_expected_reports(self) -> None:
        """Home Assistant starts: they are not stored."""
        self.expected_reports = ExpectedReports(TIMING, [self.record])

    def check_the_proof(self) -> None:
        """What is said to be proven is really so, and nothing on its way undoes it."""
        record = self.record
        self.settle()
        held = self.lock.held
        if not self.lock_rules.shows_occupancy:
            # its word is all there is: at least it was given for this
            assert (self.said_for is None) is (record.desired is DesiredState.ABSENT)
            held = None
        on_the_way: list[Commit] = [
            commit[1]
            for commit in self.lock.commits
            if not self._is_taken_for_done(commit)
        ]
        if self.flight is not None:
            on_the_way.append(self.flight.held)
        if self.unseen_change:
            # somebody did in secret what we were about to do: ours may come after it
            on_the_way.clear()
        if record.desired is DesiredState.ABSENT:
            if held is None:
                # there is nothing that a switch could wake
                on_the_way = [each for each in on_the_way if each is not True]
            assert not any(on_the_way)
            if record.disabled_code is not None:
                assert held is not None
                assert not held.enabled
                assert (
                    held.code == pin_of(record.disabled_code.revision)
                    or self.unseen_change
                )
            elif held is not None:
                assert record.origin is Origin.UNMANAGED
                assert held.foreign or self.unseen_change
            return
        wanted = pin_of(record.revision)
        assert all(
            each is True or (isinstance(each, Held) and each.code == wanted)
            for each in on_the_way
        )
        if record.evidence is Evidence.VALUE or (
            record.evidence is Evidence.PRESENCE and not self.unseen_change
        ):
            assert held is not None
            assert held.enabled
            assert held.code == wanted
        # a use shows no maker: the read that follows it does
        shows_maker = self.lock.tells_makers and not record.needs_read
        if record.evidence is Evidence.PRESENCE and shows_maker:
            assert held is not None
            assert not held.foreign

    def settle(self) -> None:
        """Let the lock do what is due; what it does for us is no hidden change."""
        before = list(self.lock.commits)
        self.lock.settle(self.now)
        landed = [each for each in before if each not in self.lock.commits]
        if any(self._is_taken_for_done(each) for each in landed):
            self.change_in_secret()
        if any(not isinstance(each[1], bool) for each in landed):
            self.is_unmanaged = False
            if self.now > self.changed_at + LATEST:
                self.unseen_change = False

    def change_in_secret(self) -> None:
        """The slot is not what it was, and nothing could have reported it.

        What is on its way may be taken for done now, though it is still to come.
        """
        self.unseen_change = True
        self.changed_at = self.now
        self.taken_for_done += self.lock.commits

    def _is_taken_for_done(self, commit: object) -> bool:
        return any(commit is each for each in self.taken_for_done)

    def wait(self, span: timedelta) -> None:
        """Let time pass; a job that takes too long is given up by the engine."""
        end = self.now + span
        if self.flight is not None and self.flight_ends <= end:
            self.now = max(self.now, self.flight_ends)
            self.comes_back(OutcomeUnknown(counts_as_failure=True))
        self.now = max(self.now, end)

    def read(self) -> None:
        self.settle()
        seen = None if self.habit.mute else self.lock.read(self.now)
        self.send(ReadFailed() if seen is None else Observed(seen))

    def run(self, span: timedelta | None) -> None:
        """Take every step that comes due; without a span, until nothing is left."""
        end = None if span is None else self.now + span
        for _ in range(MOST_STEPS):
            step = next_step(self.record, self.now, self.lock_rules)
            if step is None or (end is not None and step.after > end):
                break
            self.now = max(self.now, step.after)
            self.send(DeadlinePassed())
            if self.due is not None:
                self.take_step(returns=True)
        else:
            raise AssertionError("no end")
        self.now = max(self.now, end or self.now)

    def take_step(self, *, returns: bool) -> None:
        step = self.due
        assert step is not None
        if step.operation is None:
            self.read()
            return
        self.settle()
        self.check_reason(step)
        operation = step.operation
        held: Commit = None
        if operation is Operation.WRITE:
            held = Held(pin_of(self.record.revision))
        elif operation.keeps_code:
            held = operation is Operation.ENABLE
        if operation.grants_access and intent(self.stored) != intent(self.record):
            self.stored = self.record
        self.send(CommandStarted(operation))
        if not self.is_disk_lazy or intent(self.stored) != intent(self.record):
            self.stored = self.record
        self.flight = InFlightCommand(self.now, held)
        if returns:
            self.command()

    def check_reason(self, step: Step) -> None:
        """No operation without a reason, none over what is not ours."""
        record = self.record
        assert record.pending is None
        assert not record.is_verified
        assert record.origin is not Origin.UNMANAGED
        if (
            record.origin is Origin.UNCONFIRMED
            and record.observed.occupancy.is_occupied
        ):
            # whose code it is, the lock has not shown: it stays until the user decides
            assert step.operation is Operation.CLEAR
            assert record.desired is DesiredState.ABSENT
        if not self.tells_codes_apart:
            assert not record.observed.is_unmanaged_code or self.was_yes_said
        raced = self.now <= self.unmanaged_since + TIMING.empty_read_max_age
        assert not self.is_unmanaged or raced or not self.lock_rules.shows_occupancy
        if raced and not self.tells_codes_apart:
            self.is_unmanaged = False
        if step.operation is Operation.WRITE:
            assert record.desired is DesiredState.PRESENT
            assert record.blocked is None
            assert not record.needs_read or not self.lock_rules.shows_occupancy
            observed = record.observed
            if (
                self.lock_rules.shows_occupancy
                and observed.occupancy is Occupancy.EMPTY
            ):
                assert observed.observed_at is not None
                assert self.now - observed.observed_at <= TIMING.empty_read_max_age
            elif self.lock_rules.shows_occupancy:
                assert observed.occupancy is Occupancy.PRESENT
                assert self.lock_rules.best_evidence is Evidence.VALUE
        elif step.operation is not None and step.operation.keeps_code:
            on = step.operation is Operation.ENABLE
            assert record.disabled_code is not None
            assert record.disabled_code.revision == record.revision
            assert not record.unresolved_commands
            assert on is (record.desired is DesiredState.PRESENT)
            assert record.observed.enabled is not on
            assert on is False or not record.needs_read
        elif record.desired is DesiredState.PRESENT:
            if self.lock_rules.shows_occupancy:
                # it is empty by the lock's word, which has been wrong of what was there
                hides_other = record.writes.reads_empty and any(
                    each != record.revision for each in record.writes.uncleared
                )
                known = record.observed.occupancy.is_occupied or hides_other
                assert known or record.writes.used
            else:
                # a PIN that was taken back is not to stay where the new one is refused
                assert record.blocked is not None
                assert record.writes.uncleared != (record.revision,)
            assert record.blocked not in (
                Reason.OCCUPIED,
                Reason.CHANGED_REPEATEDLY,
            )

    def command(self) -> None:
        """Let the lock have the command that is on its way, and answer."""
        assert self.flight is not None
        habit = self.habit
        self.settle()
        if habit.takes and not isinstance(habit.answer, Rejected):
            commit = (self.now + timedelta(seconds=habit.late), self.flight.held)
            self.lock.commits.append(commit)
            if self.unseen_change:
                self.taken_for_done.append(commit)
            self.settle()
        shown = (
            self.lock.held == self.flight.held or not self.lock_rules.shows_occupancy
        )
        said = habit.answer
        if said is WriteResult.CONFIRMED and not (shown and habit.takes):
            said = WriteResult.OPTIMISTIC
        self.comes_back(said)

    def comes_back(self, outcome: CommandOutcome) -> None:
        assert self.flight is not None
        started_at = self.flight.started_at
        if isinstance(outcome, WriteResult):
            self.said_for = self.flight.held
        self.flight = None
        self.send(CommandReturned(started_at, outcome))

    def check_the_end(self) -> None:
        record, held = self.record, self.lock.held
        if record.desired is DesiredState.ABSENT:
            if record.blocked is Reason.UNRECOGNISED:
                # ours was not cleared before somebody's came: the user says whose it is
                assert held is not None
                assert held.foreign or self.unseen_change
                return
            assert record.is_verified
            if record.disabled_code is not None:
                assert held is not None or self.unseen_change
                assert held is None or not held.enabled
            elif self.lock_rules.shows_occupancy and held is not None:
                assert held.foreign or self.unseen_change
                assert record.origin is Origin.UNMANAGED or self.unseen_change
            return
        if record.blocked is not None:
            return
        assert record.origin is Origin.MANAGED
        assert record.is_verified
        if not self.unseen_change and self.lock_rules.shows_occupancy:
            assert held is not None
            assert held.code == pin_of(record.revision)
