"""Any order of events, against a model that knows what is really in the lock.

KEYHOLDER_HYPOTHESIS=thorough looks much longer, and elsewhere on each run.
"""

from dataclasses import fields, replace
from datetime import datetime, timedelta
import os

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
import pytest

from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.logic.next_step import follow_up, next_step
from custom_components.keyholder.logic.slot_state import slot_reason, slot_state
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lifecycle import (
    Change,
    Choice,
    Clear,
    DeadlinePassed,
    DesiredChanged,
    Event,
    LockSaidChanged,
    Notify,
    Observed,
    Outcome,
    Read,
    ReadFailed,
    Refused,
    Restarted,
    Resumed,
    Rules,
    Started,
    Step,
    Uncertain,
    Wake,
    Write,
    WriteReturned,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.reading import Occupancy, WriteResult
from custom_components.keyholder.model.slot import (
    Desired,
    Operation,
    Origin,
    Reason,
    SlotRecord,
    SlotState,
)
from custom_components.keyholder.model.timing import MAX_RESTORES, Timing

from .scenario import START
from .simulated_lock import FOREIGN, Held, SimulatedLock, pin_of

TIMING = Timing()
LATEST = TIMING.write_window

settings.register_profile(
    "keyholder-default",
    max_examples=250,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "keyholder-thorough",
    max_examples=8_000,
    stateful_step_count=60,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
PROFILE = f"keyholder-{os.environ.get('KEYHOLDER_HYPOTHESIS', 'default')}"

pytestmark = pytest.mark.timeout(3600)

seconds = st.sampled_from([0.0, 0.5, 2.0, 5.0, 9.0, 11.0, 31.0, 60.0])
reasons = st.sampled_from([Reason.REJECTED, Reason.DUPLICATE, Reason.NOT_SUPPORTED])


class Slot(RuleBasedStateMachine):
    """One slot, its lock, a world that interferes, and a memory that may be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.rules = Rules(best_evidence=Evidence.VALUE, timing=TIMING)
        self.lock = SimulatedLock()
        self.record = SlotRecord(
            slot=1,
            credential=CredentialRef("ada"),
            label="Ada",
            desired=Desired.PRESENT,
            revision=1,
        )
        self.stored = self.record
        self.wanted = (Desired.PRESENT, 1)
        self.flight: tuple[Started, Held | None] | None = None
        self.flight_started_at = self.now
        self.unseen_change = False
        """A masking lock was changed, and nothing could have told us."""
        self.unmanaged_since = self.now
        self.is_unmanaged = False
        """Somebody else's code came into a slot that we last saw empty."""

    @initialize(best=st.sampled_from(list(Evidence)[1:]), occupied=st.booleans())
    def begin(self, best: Evidence, occupied: bool) -> None:
        self.rules = Rules(best_evidence=best, timing=TIMING)
        self.lock.best_evidence = best
        if occupied and self.rules.can_read:
            self.lock.held = Held(FOREIGN, foreign=True)
            self.is_unmanaged = True

    # The world

    @rule(present=st.booleans(), new_pin=st.booleans())
    def desired_changes(self, present: bool, new_pin: bool) -> None:
        revision = self.wanted[1]
        if present and new_pin and revision < 8:
            revision += 1
        self.wanted = (Desired.PRESENT if present else Desired.ABSENT, revision)
        self.send(DesiredChanged(*self.wanted))

    @rule(
        what=st.sampled_from(["foreign", "removed", "disabled", "former"]),
        reported=st.booleans(),
        vague=st.booleans(),
    )
    def somebody_uses_the_keypad(self, what: str, reported: bool, vague: bool) -> None:
        self.settle()
        change = Change.CLEARED if what == "removed" else Change.SET
        change = Change.UNKNOWN if vague else change
        held = self.lock.held
        match what:
            case "foreign":
                held = Held(FOREIGN, foreign=True)
            case "removed":
                held = None
            case "disabled" if held is not None:
                held = replace(held, enabled=False, foreign=True)
            case "former":
                held = Held(pin_of(1), foreign=True)
        if held == self.lock.held:
            return
        if self.lock.held is None or self.is_unmanaged:
            self.is_unmanaged = (
                held is not None
                and (held.code == FOREIGN or not self.tells_codes_apart)
                and self.record.observed.occupancy
                in (Occupancy.EMPTY, Occupancy.UNKNOWN)
                and not self.is_write_under_way
            )
            self.unmanaged_since = self.now
        self.lock.held = held
        expected = {
            each.operation for each in (*self.record.doubts, *self.record.echoes)
        }
        if self.record.pending is not None:
            expected.add(self.record.pending.operation)
        if not reported or expected:
            self.unseen_change = True
        if reported:
            self.send(LockSaidChanged(change))

    @rule(change=st.sampled_from(Change))
    def the_lock_reports_late_or_twice(self, change: Change) -> None:
        self.send(LockSaidChanged(change))

    @rule(choice=st.sampled_from(Choice))
    def a_user_gives_the_word(self, choice: Choice) -> None:
        if choice is Choice.REPLACE:
            self.is_unmanaged = False
        self.send(Resumed(choice))

    @rule(
        jump=st.sampled_from([0.5, 2.0, 5.0, 9.0, 11.0, 55.0, 61.0, 95.0, 3601.0, 7e5]),
        wakes=st.booleans(),
    )
    def time_passes(self, jump: float, wakes: bool) -> None:
        end = self.now + timedelta(seconds=jump)
        if self.flight is not None and self.flight_ends <= end:
            self.now = max(self.now, self.flight_ends)
            self.comes_back(Uncertain(chargeable=True))
        self.now = max(self.now, end)
        if wakes:
            self.send(DeadlinePassed())

    # The engine, and what it gets from the radio

    @precondition(lambda self: self.flight is None and self.due is not None)
    @rule(
        data=st.data(),
        stored=st.booleans(),
        returns=st.sampled_from([True, True, True, False]),
    )
    def a_due_step_is_taken(
        self, data: st.DataObject, stored: bool, returns: bool
    ) -> None:
        self.take_step(data, stored=stored, returns=returns)

    @precondition(lambda self: self.flight is None and self.due is not None)
    @rule()
    def a_due_step_is_taken_without_fault(self) -> None:
        self.take_step(None, stored=True, returns=True)

    @precondition(lambda self: self.flight is None and self.rules.can_read)
    @rule(answers=st.booleans())
    def somebody_asks_for_a_read(self, answers: bool) -> None:
        self.read(answers=answers)

    @precondition(lambda self: self.flight is not None)
    @rule(data=st.data())
    def an_operation_comes_back(self, data: st.DataObject) -> None:
        self.command(data)

    @rule()
    def the_record_is_saved(self) -> None:
        self.stored = self.record

    @rule(lost=st.booleans(), away=seconds)
    def home_assistant_restarts(self, lost: bool, away: float) -> None:
        """With `lost`, what was not saved is forgotten and what was sent has no end."""
        self.now += timedelta(seconds=away)
        if lost:
            self.flight = None
            if self.stored != self.record:
                self.unseen_change = True
                if self.stored.observed.occupancy is not Occupancy.EMPTY:
                    self.is_unmanaged = False
                elif self.stored.pending is not None or self.stored.doubts:
                    self.is_unmanaged = False
            self.record = self.stored
        self.send(Restarted())
        self.send(DesiredChanged(*self.wanted))

    # What holds at all times

    @invariant()
    def a_step_is_no_more_than_one_and_not_too_far_away(self) -> None:
        effects = follow_up(self.record, self.now, self.rules)
        steps = [each for each in effects if isinstance(each, Write | Clear | Read)]
        assert len(steps) <= 1
        assert len(effects) - len(steps) <= 1
        longest = max(TIMING.restore_interval, TIMING.slot_backoff_cap)
        assert all(each.after <= self.now + longest for each in steps)
        assert self.rules.can_read or not any(isinstance(each, Read) for each in steps)

    @invariant()
    def a_pending_operation_ends_by_itself(self) -> None:
        pending = self.record.pending
        if pending is not None:
            end = pending.deadline + TIMING.conclude
            assert Wake(end) in follow_up(self.record, self.now, self.rules)
            ended, _ = reduce(
                self.record, DeadlinePassed(), max(end, self.now), self.rules
            )
            assert ended.pending is None

    @invariant()
    def what_is_not_settled_is_not_forgotten(self) -> None:
        record = self.record
        state = slot_state(record, self.rules, reachable=True)
        if record.is_settled:
            assert record.verified_at is not None
            return
        assert state not in (SlotState.IN_SYNC, SlotState.ACCEPTED)
        if state is SlotState.SUSPENDED and not record.is_revocation:
            pending_look = record.stale or record.origin is Origin.MANAGED
            assert slot_reason(record, reachable=True) or pending_look
            return
        assert follow_up(record, self.now, self.rules)

    @invariant()
    def in_sync_is_only_said_of_what_was_read_back(self) -> None:
        record = self.record
        if slot_state(record, self.rules, reachable=True) is SlotState.IN_SYNC:
            assert record.evidence.is_read_back
            assert record.evidence.rank <= self.rules.best_evidence.rank

    @invariant()
    def a_change_at_the_lock_is_undone_three_times_a_week_at_most(self) -> None:
        recent = [
            at for at in self.record.restores if self.now - at < TIMING.restore_memory
        ]
        assert len(recent) <= MAX_RESTORES

    @invariant()
    def the_record_holds_no_code(self) -> None:
        assert not any(
            isinstance(getattr(self.record, field.name), Pin)
            for field in fields(self.record)
        )
        assert FOREIGN not in repr(self.record)

    def teardown(self) -> None:
        """Faults stop: what is not suspended gets where it should be, and stays."""
        if self.flight is not None:
            self.command(None)
        self.send(DesiredChanged(*self.wanted))
        if self.rules.can_read:
            self.read(answers=True)
        for _ in range(60):
            step = next_step(self.record, self.now, self.rules)
            if step is None:
                break
            self.now = max(self.now, step.after)
            self.send(DeadlinePassed())
            if self.due is not None:
                self.take_step(None, stored=True, returns=True)
        else:
            raise AssertionError("no end")
        self.now += LATEST
        self.settle()
        self.check_the_end()

    def check_the_end(self) -> None:
        record, held = self.record, self.lock.held
        if record.desired is Desired.ABSENT:
            assert record.is_settled
            if self.rules.can_read:
                assert held is None or held.foreign
                assert held is None or record.origin is Origin.UNMANAGED
            return
        if record.suspended is not None:
            return
        assert record.origin is Origin.MANAGED
        assert record.is_settled
        if not self.unseen_change and self.rules.can_read:
            assert held is not None
            assert held.code == pin_of(record.revision)

    # Means

    @property
    def flight_ends(self) -> datetime:
        return self.flight_started_at + TIMING.job_timeout

    @property
    def due(self) -> Step | None:
        step = next_step(self.record, self.now, self.rules)
        return step if step is not None and step.after <= self.now else None

    @property
    def tells_codes_apart(self) -> bool:
        return self.rules.best_evidence is Evidence.VALUE

    @property
    def is_write_under_way(self) -> bool:
        operations = {doubt.operation for doubt in self.record.doubts}
        if self.record.pending is not None:
            operations.add(self.record.pending.operation)
        return Operation.WRITE in operations

    def send(self, event: Event) -> None:
        before = self.record
        self.record, effects = reduce(self.record, event, self.now, self.rules)
        steps = tuple(each for each in effects if not isinstance(each, Notify))
        assert steps == follow_up(self.record, self.now, self.rules)
        if self.record.is_settled and (
            not before.is_settled or before.verified_at != self.record.verified_at
        ):
            self.check_the_proof()

    def check_the_proof(self) -> None:
        """What is said to be proven is really so, and nothing on its way undoes it."""
        record = self.record
        self.settle()
        held = self.lock.held
        on_the_way = [commit[1] for commit in self.lock.commits]
        if self.flight is not None:
            on_the_way.append(self.flight[1])
        if record.desired is Desired.ABSENT:
            assert not any(on_the_way)
            if self.rules.can_read:
                assert held is None or (
                    record.origin is Origin.UNMANAGED
                    and (held.foreign or self.unseen_change)
                )
            return
        assert all(
            each is not None and each.code == pin_of(record.revision)
            for each in on_the_way
        )
        if record.evidence is Evidence.VALUE or (
            record.evidence is Evidence.PRESENCE and not self.unseen_change
        ):
            assert held is not None
            assert held.enabled
            assert held.code == pin_of(record.revision)

    def settle(self) -> None:
        """Let the lock do what is due; what it does for us is no hidden change."""
        before = len(self.lock.commits)
        self.lock.settle(self.now)
        if len(self.lock.commits) != before:
            self.unseen_change = False
            self.is_unmanaged = False

    def read(self, *, answers: bool) -> None:
        self.settle()
        seen = self.lock.read(self.now) if answers else None
        self.send(ReadFailed() if seen is None else Observed(seen))

    def take_step(
        self, data: st.DataObject | None, *, stored: bool, returns: bool
    ) -> None:
        step = self.due
        assert step is not None
        if isinstance(step, Read):
            self.read(answers=data is None or data.draw(st.booleans(), "answers"))
        else:
            self.settle()
            self.check_reason(step)
            writes = isinstance(step, Write)
            started = Started(Operation.WRITE if writes else Operation.CLEAR)
            held = Held(pin_of(self.record.revision)) if writes else None
            self.send(started)
            self.stored = self.record
            self.flight = (started, held)
            self.flight_started_at = self.now
            if returns:
                self.command(data)
        if stored:
            self.stored = self.record

    def check_reason(self, step: Step) -> None:
        """No operation without a reason, none over what is not ours."""
        record = self.record
        assert record.pending is None
        assert not record.is_settled
        assert record.origin is Origin.MANAGED
        raced = self.now <= self.unmanaged_since + TIMING.fresh
        assert not self.is_unmanaged or raced or not self.rules.can_read
        if isinstance(step, Write):
            assert record.desired is Desired.PRESENT
            assert record.suspended is None
            assert not record.stale or not self.rules.can_read
            observed = record.observed
            if self.rules.can_read and observed.occupancy is Occupancy.EMPTY:
                assert observed.at is not None
                assert self.now - observed.at <= TIMING.fresh
            elif self.rules.can_read:
                assert observed.occupancy is Occupancy.PRESENT
                assert self.rules.best_evidence is Evidence.VALUE
        elif record.desired is Desired.PRESENT:
            assert record.observed.occupancy.is_occupied
            assert record.suspended not in (Reason.OCCUPIED, Reason.CHANGED_REPEATEDLY)

    def command(self, data: st.DataObject | None) -> None:
        """Let the lock have the command that is on its way, and answer."""
        assert self.flight is not None
        held = self.flight[1]
        self.settle()
        late = 0.0
        outcome: Outcome = WriteResult.OPTIMISTIC
        arrives = True
        if data is not None:
            fate = data.draw(
                st.sampled_from(
                    ["done", "confirmed", "dropped", "late", "refused", "unsure"]
                ),
                "fate",
            )
            arrives = fate not in ("dropped", "refused")
            if fate == "late":
                late = data.draw(seconds, "late")
            if fate == "refused":
                outcome = Refused(data.draw(reasons, "reason"))
            if fate == "unsure":
                arrives = data.draw(st.booleans(), "arrives")
                late = data.draw(seconds, "late")
                outcome = Uncertain(data.draw(st.booleans(), "chargeable"))
            if fate == "confirmed":
                outcome = WriteResult.CONFIRMED
        if arrives:
            at = self.now + timedelta(seconds=late)
            self.lock.commits.append((at, held))
            self.settle()
        self.comes_back(outcome)

    def comes_back(self, outcome: Outcome) -> None:
        assert self.flight is not None
        self.flight = None
        self.send(WriteReturned(self.flight_started_at, outcome))


TestSlot = Slot.TestCase
TestSlot.settings = settings.get_profile(PROFILE)
