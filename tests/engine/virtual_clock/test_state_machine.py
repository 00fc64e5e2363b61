"""The whole engine, against a model that knows what is really in the locks."""

import asyncio
from functools import partial

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import precondition, rule
import pytest

from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice
from tests.harness.engine.access_rule_oracle import Kind, rule_of
from tests.harness.engine.access_rule_rules import AccessRuleRules, kinds
from tests.harness.engine.interleaving_rules import wishes
from tests.harness.engine.site_state_machine import TURNS, door, moments, who
from tests.harness.fakes.provider import Call, Faults
from tests.harness.sampling import FULL, sample_size

pytestmark = pytest.mark.timeout(3600)

slots = st.integers(1, 8)
maybe = st.none() | wishes


class WholeEngine(AccessRuleRules):
    """Everything that can happen to a site."""

    # Who and what

    @precondition(lambda self: len(self.model.people) < 3)
    @rule(doors=st.sets(door, max_size=1), kind=kinds, moment=moments)
    def add_person(self, doors: set[int], kind: Kind, moment: float) -> None:
        adding = self.model.add_person(self._names(doors), rule_of(kind))
        self.run(self._begin(adding, moment))

    @rule(who=who, former=st.booleans(), moment=moments)
    def change_pin(self, who: int, former: bool, moment: float) -> None:
        self._change_pin(who, former, moment)

    @rule(who=who, on=st.booleans())
    def switch(self, who: int, on: bool) -> None:
        self._switch(who, on)

    @rule(who=who, doors=st.sets(door, max_size=2))
    def assign(self, who: int, doors: set[int]) -> None:
        if (person := self._person(who)) is not None:
            locks = [f"id-{name}" for name in self._names(doors)]
            self.run(
                self._now(
                    lambda: self.model.engine.set_data(
                        person, all_locks=False, locks=locks
                    )
                )
            )

    @rule(who=who)
    def rename(self, who: int) -> None:
        if (person := self._person(who)) is not None:
            engine = self.model.engine
            subentry = next(
                each
                for each in engine.entry.subentries.values()
                if each.unique_id == person
            )
            name = self.model.new_code("name")
            self.run(
                self._now(
                    lambda: engine.hass.config_entries.async_update_subentry(
                        engine.entry, subentry, title=name
                    )
                )
            )

    @rule(who=who, proven=st.booleans())
    def remove_person(self, who: int, proven: bool) -> None:
        if (person := self._person(who)) is not None:
            self.run(self._now(lambda: self._remove(person, proven)))

    @rule(door=door, proven=st.booleans())
    def remove_lock(self, door: int, proven: bool) -> None:
        name = self._door(door)
        if self.model.is_managed(name):
            self.run(self._now(lambda: self._remove(f"lock_id-{name}", proven)))

    @rule(door=door)
    def add_lock_again(self, door: int) -> None:
        name = self._door(door)
        if not self.model.is_managed(name):
            self.run(self._now(lambda: self.model.add_lock(name)))

    @rule(door=door)
    def clear_removed_lock(self, door: int) -> None:
        name = self._door(door)
        if not self.model.is_managed(name):
            site = self.model.engine.site
            self.run(self._begin(site.async_clear_removed_lock(f"id-{name}"), 0.0))

    @rule(which=st.integers(0, 3), choice=st.sampled_from(ResumeChoice))
    def decide(self, which: int, choice: ResumeChoice) -> None:
        waiting = [
            (name, view)
            for name, view in self.model.views()
            if view.state is SlotState.SUSPENDED
        ]
        if waiting:
            name, view = waiting[which % len(waiting)]
            self.run(self._now(lambda: self.model.decide(name, view, choice)))

    @rule(which=st.integers(0, 3), moment=moments)
    def move(self, which: int, moment: float) -> None:
        waiting = [
            (name, view)
            for name, view in self.model.views()
            if view.reason is Reason.OCCUPIED
        ]
        if waiting:
            name, view = waiting[which % len(waiting)]
            decisions = self.model.engine.site.decisions(f"id-{name}", view.slot)
            self.run(self._begin(decisions.async_move(), moment))

    @rule(door=door, moment=moments)
    def verify(self, door: int, moment: float) -> None:
        lock = self.model.engine.site.locks.get(f"id-{self._door(door)}")
        if lock is not None:
            self.run(self._begin(lock.requests.async_verify(), moment))

    # At the lock

    @rule(door=door, slot=slots, reported=st.booleans())
    def type_a_code(self, door: int, slot: int, reported: bool) -> None:
        lock = self.model.locks[self._door(door)]
        code = self.model.new_code("9")
        self.run(self._now(lambda: lock.set_at_keypad(slot, code, reported=reported)))

    @rule(door=door, slot=slots, reported=st.booleans())
    def delete_a_code(self, door: int, slot: int, reported: bool) -> None:
        lock = self.model.locks[self._door(door)]
        if slot in lock.codes:
            self.run(self._now(lambda: lock.delete_at_keypad(slot, reported=reported)))

    @rule(door=door)
    def wake_codes(self, door: int) -> None:
        """What is off is on, and the lock says nothing."""
        lock = self.model.locks[self._door(door)]
        for slot in [slot for slot, held in lock.held.items() if not held.enabled]:
            self.note("a code woke by itself")
            self.run(self._now(partial(lock.wake_by_itself, slot)))

    @rule(door=door, reported=st.booleans())
    def delete_all(self, door: int, reported: bool) -> None:
        lock = self.model.locks[self._door(door)]
        self.run(self._now(lambda: lock.delete_all_at_keypad(reported=reported)))

    @rule(door=door, slot=slots)
    def unlock(self, door: int, slot: int) -> None:
        self.run(self._now(lambda: self.model.rules.press(self._door(door), slot)))

    # Trouble

    @rule(
        door=door,
        kind=st.sampled_from(
            [
                "drop_writes",
                "drop_clears",
                "silent_reads",
                "unreachable",
                "lost_answers",
                "drop_switches",
            ]
        ),
        times=st.sampled_from([1, 2, 3, True]),
        who=who,
        wish=maybe,
    )
    def trouble(
        self, door: int, kind: str, times: int, who: int, wish: str | None
    ) -> None:
        setattr(self.model.locks[self._door(door)].faults, kind, times)
        self._strike(kind, who, wish)

    @rule(
        door=door,
        kind=st.sampled_from(["refuse", "breaks", "hang"]),
        finishes=st.booleans(),
        who=who,
        wish=maybe,
    )
    def worse_trouble(
        self, door: int, kind: str, finishes: bool, who: int, wish: str | None
    ) -> None:
        lock = self.model.locks[self._door(door)]
        lock.finishes = finishes
        if kind == "hang":
            lock.hang(Call.READ, Call.WRITE, Call.CLEAR, Call.SWITCH)
        elif kind == "refuse":
            lock.faults.refuse = Reason.REJECTED
            lock.faults.refuse_switches = True
        else:
            lock.faults.breaks = ZeroDivisionError("of a library")
        self._strike(kind, who, wish)

    @rule(door=door, seconds=st.sampled_from([0.0, 1.5, 3.0, 8.0, 20.0, 40.0, 58.0]))
    def be_late(self, door: int, seconds: float) -> None:
        self.model.locks[self._door(door)].late_by = seconds

    @rule(door=door)
    def no_trouble(self, door: int) -> None:
        lock = self.model.locks[self._door(door)]
        lock.faults = Faults()
        lock.late_by = 0.0
        self.run(self._now(lock.release))

    @rule(door=door)
    def disconnect(self, door: int) -> None:
        self.run(self._now(self.model.locks[self._door(door)].disconnect))

    @rule(door=door)
    def connect(self, door: int) -> None:
        self.run(self._now(self.model.locks[self._door(door)].connect))

    @rule(full=st.booleans())
    def fill_disk(self, full: bool) -> None:
        self.model.instance.disk.is_full = full

    # Time

    @rule(seconds=st.sampled_from([0.1, 0.5, 1.0, 2.0, 5.0, 12.0, 30.0, 61.0, 130.0]))
    def wait(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    @rule(hours=st.sampled_from([0.5, 1.1, 24.0, 48.0]))
    def wait_long(self, hours: float) -> None:
        before = self.model.used()
        self.run(asyncio.sleep(hours * 3600))
        for name, (reads, changes) in self.model.used().items():
            used = reads - before[name][0] + changes - before[name][1]
            if used > 60 + 120 * hours:
                self.model.faults.append(f"{name} was used {used} times")
        self.check()

    @rule()
    def reload(self) -> None:
        self.run(self.model.reload())

    @rule(
        moment=moments,
        turns=TURNS,
        finishes=st.booleans(),
        away=st.sampled_from([0.0, 5.0, 70.0, 4000.0]),
    )
    def cut_power(self, moment: float, turns: int, finishes: bool, away: float) -> None:
        async def cut() -> None:
            await asyncio.sleep(moment)
            for _ in range(turns):
                await asyncio.sleep(0)
            await self.model.cut(finishes=finishes, away=away)

        self.run(cut())


WholeEngine.TestCase.settings = settings(
    max_examples=sample_size(33, 2_000),
    stateful_step_count=30,
    deadline=None,
    derandomize=not FULL,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
test_nothing_is_found = WholeEngine.TestCase
