"""Any order of events, against a model that knows what is really in the lock."""

from dataclasses import fields, replace
from datetime import timedelta

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
from custom_components.keyholder.logic.next_step import effects_of
from custom_components.keyholder.logic.snapshots import slot_reason, slot_state
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import Occupancy
from custom_components.keyholder.model.slot import (
    DesiredState,
    Origin,
    Reason,
    SlotState,
    Target,
)
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    CodeUsed,
    DeadlinePassed,
    DesiredChanged,
    LockTraits,
    Restarted,
    ResumeChoice,
    Step,
    UserResumed,
    WakeAt,
)
from custom_components.keyholder.model.timing import MAX_RESTORES_PER_WINDOW
from tests.harness.logic.lock_behaviours import behaviours
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held, pin_of
from tests.harness.logic.slot_model import LATEST, TIMING, LockBehaviour, SlotModel
from tests.harness.sampling import FULL, sample_size

TRIED = settings(
    max_examples=sample_size(270, 8_000),
    stateful_step_count=sample_size(40, 60),
    deadline=None,
    derandomize=not FULL,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)

pytestmark = pytest.mark.timeout(3600)


class Slot(SlotModel, RuleBasedStateMachine):
    """Everything that can happen to a slot."""

    @initialize(
        best=st.sampled_from(list(Evidence)[1:]),
        occupied=st.booleans(),
        keeps_secrets=st.booleans(),
        is_disk_lazy=st.booleans(),
        tells_makers=st.booleans(),
        switches=st.booleans(),
        replaced=st.booleans(),
    )
    def begin(
        self,
        *,
        best: Evidence,
        occupied: bool,
        keeps_secrets: bool,
        is_disk_lazy: bool,
        tells_makers: bool,
        switches: bool,
        replaced: bool,
    ) -> None:
        """Without secrets every change is reported, and no memory is lost.

        A lock that replaced another one may hold codes of ours or of somebody else.
        """
        self.lock.tells_makers = tells_makers
        self.keeps_secrets = keeps_secrets
        self.is_disk_lazy = is_disk_lazy
        self.lock_rules = LockTraits(best_evidence=best, timing=TIMING)
        self.lock.best_evidence = best
        self.lock.switches = switches and best.is_read_back
        if occupied and self.lock_rules.shows_occupancy:
            self.lock.held = Held(UNMANAGED_CODE, foreign=True)
            self.is_unmanaged = not replaced
        if replaced:
            self.record = replace(
                self.record, origin=Origin.UNCONFIRMED, needs_read=True
            )
            self.stored = self.record

    # The world

    @rule(
        present=st.booleans(),
        new_pin=st.booleans(),
        temporarily_denied=st.sampled_from([True, True, False]),
    )
    def desired_changes(
        self, present: bool, new_pin: bool, temporarily_denied: bool
    ) -> None:
        revision = self.wanted[1]
        if present and new_pin and revision < 8:
            revision += 1
        self.wanted = (
            DesiredState.PRESENT if present else DesiredState.ABSENT,
            revision,
        )
        self.temporarily_denied = (
            temporarily_denied and not present and self.lock.switches
        )
        self.want()

    def want(self) -> None:
        self.send(
            DesiredChanged(
                Target(*self.wanted, temporarily_denied=self.temporarily_denied)
            )
        )

    @rule(
        what=st.sampled_from(["foreign", "removed", "disabled", "former", "woken"]),
        reported=st.booleans(),
        vague=st.booleans(),
    )
    def somebody_uses_the_keypad(self, what: str, reported: bool, vague: bool) -> None:
        self.settle()
        explained = bool(
            self.record.pending
            or self.record.unresolved_commands
            or self.is_report_expected
        )
        if not self.keeps_secrets and (explained or not reported):
            return
        change = ChangeKind.CLEARED if what == "removed" else ChangeKind.SET
        change = ChangeKind.UNKNOWN if vague else change
        held = self.lock.held
        match what:
            case "foreign":
                held = Held(UNMANAGED_CODE, foreign=True)
            case "removed":
                held = None
            case "disabled" if held is not None:
                held = replace(held, enabled=False, foreign=True)
            case "woken" if held is not None and self.lock.switches:
                # nobody did it: the lock shows it as ours still
                held = replace(held, enabled=True)
            case "former":
                held = Held(pin_of(1), foreign=True)
        if held == self.lock.held:
            return
        if self.lock.held is None or self.is_unmanaged:
            self.is_unmanaged = (
                held is not None
                and (held.code == UNMANAGED_CODE or not self.tells_codes_apart)
                and self.record.observed.occupancy
                in (Occupancy.EMPTY, Occupancy.UNKNOWN)
                and not self.is_write_under_way
                # that one is cleared for somebody who is to have none, as ours may be
                and self.record.origin is not Origin.UNCONFIRMED
            )
            self.unmanaged_since = self.now
        self.lock.held = held
        if (not reported or explained) and what != "woken":
            self.change_in_secret()
        if reported:
            self.report(change)

    @rule(change=st.sampled_from(ChangeKind))
    def the_lock_reports_late_or_twice(self, change: ChangeKind) -> None:
        self.report(change)

    @rule(ago=st.sampled_from([0.0, 0.0, 3.0, 61.0, 7200.0]), is_master=st.booleans())
    def the_slot_is_used(self, ago: float, is_master: bool) -> None:
        """Its code opens the door, or the lock names it for a master code."""
        self.settle()
        held = self.lock.held
        opens = held is not None and held.enabled
        if opens or (is_master and self.record.pending is None):
            self.send(CodeUsed(self.now - timedelta(seconds=ago)))

    @rule(choice=st.sampled_from(ResumeChoice))
    def a_user_gives_the_word(self, choice: ResumeChoice) -> None:
        if choice is ResumeChoice.REPLACE:
            self.is_unmanaged = False
            self.was_yes_said = True
        self.send(UserResumed(choice))

    @rule(
        jump=st.sampled_from([0.5, 2.0, 5.0, 9.0, 11.0, 55.0, 61.0, 95.0, 3601.0, 7e5]),
        wakes=st.booleans(),
    )
    def time_passes(self, jump: float, wakes: bool) -> None:
        self.wait(timedelta(seconds=jump))
        if wakes:
            self.send(DeadlinePassed())

    # The engine, and what it gets from the radio

    @rule(habit=behaviours)
    def the_lock_changes_its_mind(self, habit: LockBehaviour) -> None:
        self.habit = habit

    @precondition(lambda self: self.flight is None)
    @rule(span=st.sampled_from([0.0, 3.0, 12.0, 31.0, 61.0, 200.0]))
    def the_engine_works_for_a_while(self, span: float) -> None:
        self.run(timedelta(seconds=span))

    @precondition(lambda self: self.flight is None and self.due is not None)
    @rule(returns=st.booleans())
    def a_due_step_is_taken(self, returns: bool) -> None:
        self.take_step(returns=returns)

    @precondition(lambda self: self.flight is None and self.lock_rules.shows_occupancy)
    @rule()
    def somebody_asks_for_a_read(self) -> None:
        self.read()

    @precondition(lambda self: self.flight is not None)
    @rule()
    def an_operation_comes_back(self) -> None:
        self.command()

    @rule()
    def the_record_is_saved(self) -> None:
        self.stored = self.record

    @rule(lost=st.booleans(), away=st.sampled_from([0.0, 2.0, 31.0, 61.0, 86_400.0]))
    def home_assistant_restarts(self, lost: bool, away: float) -> None:
        """With `lost`, what was not saved is forgotten and what was sent has no end."""
        if lost:
            self.now += timedelta(seconds=away)
        else:
            self.wait(timedelta(seconds=away))
        if lost and not self.keeps_secrets:
            self.stored = self.record
        if lost:
            self.flight = None
            self.settle()
            # of an unrecorded clear it is taken for granted that it landed by now
            self.lock.commits = [each for each in self.lock.commits if each[1]]
            self.record = self.stored
            if self.stored.observed.occupancy is not Occupancy.UNKNOWN:
                # it may be our own doing, which is not on record
                self.is_unmanaged = False
            if self.lock.held is not None and self.lock.held.foreign:
                self.change_in_secret()
        self.forget_expected_reports()
        self.send(Restarted(unclean_shutdown=lost))
        self.want()

    # What holds at all times

    @invariant()
    def a_step_is_no_more_than_one_and_not_too_far_away(self) -> None:
        effects = effects_of(self.record, self.now, self.lock_rules)
        steps = [each for each in effects if isinstance(each, Step)]
        assert len(steps) <= 1
        assert len(effects) - len(steps) <= 1
        longest = max(TIMING.restore_interval, TIMING.slot_backoff_cap)
        assert all(each.after <= self.now + longest for each in steps)
        assert self.lock_rules.shows_occupancy or not any(
            each.operation is None for each in steps
        )

    @invariant()
    def a_pending_operation_ends_by_itself(self) -> None:
        pending = self.record.pending
        if pending is not None:
            end = pending.deadline + TIMING.final_read_grace
            assert WakeAt(end) in effects_of(self.record, self.now, self.lock_rules)
            ended, _ = reduce(
                self.record, DeadlinePassed(), max(end, self.now), self.lock_rules
            )
            assert ended.pending is None

    @invariant()
    def what_is_not_settled_is_not_forgotten(self) -> None:
        record = self.record
        state = slot_state(record, self.lock_rules, reachable=True)
        if record.is_verified:
            assert record.verified_at is not None
            return
        assert state not in (SlotState.IN_SYNC, SlotState.ACCEPTED)
        # a masked code that may be ours or not is never cleared without the user's word
        waits_for_user = record.blocked is Reason.UNRECOGNISED
        if state is SlotState.SUSPENDED and (
            waits_for_user or not record.is_revocation
        ):
            pending_look = record.needs_read or record.origin is Origin.MANAGED
            assert slot_reason(record, reachable=True) or pending_look
            return
        assert effects_of(record, self.now, self.lock_rules)

    @invariant()
    def in_sync_is_only_said_of_what_was_read_back(self) -> None:
        record = self.record
        if slot_state(record, self.lock_rules, reachable=True) is SlotState.IN_SYNC:
            assert record.evidence.is_read_back
            grades = list(Evidence)
            best = grades.index(self.lock_rules.best_evidence)
            assert grades.index(record.evidence) <= best

    @invariant()
    def a_change_at_the_lock_is_undone_three_times_a_week_at_most(self) -> None:
        recent = [
            at
            for at in self.record.restored_at
            if self.now - at < TIMING.restore_window
        ]
        assert len(recent) <= MAX_RESTORES_PER_WINDOW

    @invariant()
    def the_record_holds_no_code(self) -> None:
        assert not any(
            isinstance(getattr(self.record, field.name), Pin)
            for field in fields(self.record)
        )
        assert UNMANAGED_CODE not in repr(self.record)

    def teardown(self) -> None:
        """Faults stop: what is not suspended gets where it should be, and stays."""
        self.habit = LockBehaviour()
        if self.flight is not None:
            self.command()
        self.want()
        if self.lock_rules.shows_occupancy:
            self.read()
        self.run(None)
        self.now += LATEST
        self.settle()
        self.check_the_end()


class SwitchedSlot(Slot):
    """The same, from a code in place on a lock that can switch it off."""

    @initialize(
        best=st.sampled_from([Evidence.PRESENCE, Evidence.PRESENCE, Evidence.VALUE]),
        is_disk_lazy=st.booleans(),
        disabled_code=st.booleans(),
    )
    def begin(self, *, best: Evidence, is_disk_lazy: bool, disabled_code: bool) -> None:
        """Let it be switched off already, or not."""
        self.lock.tells_makers = True
        self.lock.switches = True
        self.lock.best_evidence = best
        self.is_disk_lazy = is_disk_lazy
        self.lock_rules = LockTraits(best_evidence=best, timing=TIMING)
        self.run(timedelta(hours=1))
        assert self.record.is_verified
        if disabled_code:
            self.desired_changes(present=False, new_pin=False, temporarily_denied=True)
            self.run(timedelta(hours=1))
            assert self.record.disabled_code
        self.stored = self.record

    @rule(span=st.sampled_from([0.0, 0.0, 1.0, 3.0, 11.0, 61.0]))
    def a_window_turns(self, span: float) -> None:
        """Nothing else is as likely to be in the way of a switch as the next one."""
        present = self.wanted[0] is DesiredState.ABSENT
        self.desired_changes(present=present, new_pin=False, temporarily_denied=True)
        if self.flight is None:
            self.run(timedelta(seconds=span))

    @rule(late=st.sampled_from([0.0, 0.0, 2.0, 9.0, 31.0, 58.0]))
    def the_lock_takes_its_time(self, late: float) -> None:
        self.habit = LockBehaviour(late=late)

    @rule(late=st.sampled_from([0.0, 2.0, 9.0, 31.0, 58.0]))
    def a_window_turns_while_the_lock_is_slow(self, late: float) -> None:
        self.habit = LockBehaviour(late=late)
        self.a_window_turns(3.0)
        self.habit = LockBehaviour()
        self.a_window_turns(3.0)

    @precondition(lambda self: self.record.disabled_code is None)
    @rule()
    def all_comes_to_rest(self) -> None:
        """From where a code can be switched off again."""
        self.habit = LockBehaviour()
        if self.flight is not None:
            self.command()
        self.run(timedelta(hours=1))


TestSlot = Slot.TestCase
TestSlot.settings = TRIED
TestSwitchedSlot = SwitchedSlot.TestCase
TestSwitchedSlot.settings = TRIED
