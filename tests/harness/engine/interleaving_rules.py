"""Rules that let two things happen at the same moment, as chance alone seldom does."""

import asyncio
from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.snapshot import SlotView
from tests.harness.engine.access_rule_oracle import Kind, rule_of
from tests.harness.engine.delayed_lock import DelayedFakeLock
from tests.harness.engine.site_state_machine import SiteStateMachine, door, who
from tests.harness.fakes.provider import Profile

_PATIENCE: Final = 4.0
"""Seconds within which what a wish leads to has begun: a new owner is saved first."""

wishes = st.sampled_from(["pin", "on", "off", "add", "remove", "limit", "lift"])
minds = st.sampled_from(["pin", "on", "off", "limit", "lift"])
instants = st.sampled_from(
    [0.0, 0.01, 0.02, 0.1, 0.29, 0.31, 0.5, 0.6, 0.61, 0.95, 1.3]
)


class InterleavingRules(SiteStateMachine):
    """What is done at the lock, or to the power, in the middle of our own work."""

    @rule(
        who=who,
        seconds=st.sampled_from([3.0, 8.0, 20.0, 58.0]),
        first=minds,
        then=minds,
        moment=st.sampled_from([0.35, 0.7, 1.3, 2.0, 5.0]),
        looks=st.sampled_from([None, "verify", "reconnect", "reload"]),
        after=st.sampled_from([4.0, 12.0, 25.0]),
    )
    def supersede_pending_change(
        self,
        *,
        who: int,
        seconds: float,
        first: str,
        then: str,
        moment: float,
        looks: str | None,
        after: float,
    ) -> None:
        """The first wish lands after the second was made, and maybe after a look."""
        for lock in self.model.locks.values():
            lock.late_by = seconds
        for wish in (first, then):
            self._apply_change(who, wish)
            self.run(asyncio.sleep(moment))
        for lock in self.model.locks.values():
            lock.late_by = 0.0
        if looks is not None:
            self.run(asyncio.sleep(after))
            self._look(looks)
            self._note_late("a look before a late landing")

    @rule(
        who=who,
        wish=wishes,
        after=instants,
        turns=st.integers(0, 6),
        finishes=st.booleans(),
        late=st.sampled_from([0.0, 0.0, 3.0, 20.0]),
        away=st.sampled_from([0.0, 5.0, 70.0]),
    )
    def cut_a_command(
        self,
        *,
        who: int,
        wish: str,
        after: float,
        turns: int,
        finishes: bool,
        late: float,
        away: float,
    ) -> None:
        """The power goes while a command is being sent."""
        for lock in self.model.locks.values():
            lock.late_by = late
        before = self._sent()
        self._apply_change(who, wish)

        async def cut() -> None:
            if await self._until(lambda: self._sent() > before):
                self.note(f"the power went during a command of {wish}")
                await asyncio.sleep(after)
                for _ in range(turns):
                    await asyncio.sleep(0)
                await self.model.cut(finishes=finishes, away=away)

        self.run(cut())
        for lock in self.model.locks.values():
            lock.late_by = 0.0

    @rule(door=door, who=who, wish=wishes, after=instants, reported=st.booleans())
    def type_before_a_write(
        self, door: int, who: int, wish: str, after: float, reported: bool
    ) -> None:
        """Somebody takes the slot that was seen empty a moment ago."""
        lock = self.model.locks[self._door(door)]
        slots = {view.slot for _name, view in self._slots_of(lock)}
        looks = lock.looks
        self._apply_change(who, wish)

        async def take() -> None:
            if not await self._until(lambda: lock.looks > looks):
                return
            await asyncio.sleep(after)
            new = {view.slot for _name, view in self._slots_of(lock)} - slots
            slot = min(new or slots, default=None)
            if slot is not None:
                self.note("a code was typed between a look and a write")
                lock.set_at_keypad(slot, self.model.new_code("9"), reported=reported)

        self.run(take())

    @rule(
        which=st.integers(0, 3),
        reported=st.booleans(),
        off_for=st.sampled_from([0.35, 2.0, 15.0, 75.0]),
        typed_for=st.sampled_from([0.0, 0.35, 2.0, 15.0]),
        then=st.sampled_from(["on", "on", "pin", "nothing"]),
    )
    def type_where_ours_was(
        self, which: int, reported: bool, off_for: float, typed_for: float, then: str
    ) -> None:
        """Somebody programs a code in the slot of a person who is switched off."""
        views = self.model.views()
        if not views:
            return
        name, view = views[which % len(views)]
        person = view.credential.person
        if person not in self.model.people:
            return
        who = self.model.people.index(person)
        self._apply_change(who, "off")
        self.run(asyncio.sleep(off_for))
        lock = self.model.locks[name]
        self.note("a code was typed where ours was")
        code = self.model.new_code("9")
        self.run(
            self._now(lambda: lock.set_at_keypad(view.slot, code, reported=reported))
        )
        self.run(asyncio.sleep(typed_for))
        if then != "nothing":
            self._apply_change(who, then)

    @rule(which=st.integers(0, 3), reported=st.booleans())
    def disable_a_code(self, which: int, reported: bool) -> None:
        """Somebody switches our code off at the lock."""
        held = self._held()
        if held:
            name, view = held[which % len(held)]
            lock = self.model.locks[name]
            self.note("a code was disabled at the lock")
            self.run(
                self._now(lambda: lock.disable_at_lock(view.slot, reported=reported))
            )

    @rule(door=door, who=who, slot=st.integers(9, 12), reported=st.booleans())
    def type_a_pin_of_ours(
        self, door: int, who: int, slot: int, reported: bool
    ) -> None:
        """Somebody programs a keyholder's own PIN in a slot that is not theirs."""
        name = self._door(door)
        lock = self.model.locks[name]
        if (person := self._person(who)) is None or slot in {
            view.slot for _name, view in self._slots_of(lock)
        }:
            return
        pin = self.model.pins[person][-1]
        self.note("a duplicate was typed")
        self.model.duplicates.add((name, slot))
        self.run(self._now(lambda: lock.set_at_keypad(slot, pin, reported=reported)))

    @rule(which=st.integers(0, 3))
    def keep_code_of_lock(self, which: int) -> None:
        """A user takes over the code that is in a slot which waits for them."""
        waiting = [
            (name, view)
            for name, view in self.model.views()
            if view.state is SlotState.SUSPENDED
            and self.model.profiles[name] is Profile.READABLE
            and view.credential.person in self.model.people
            and view.credential.person not in self.model.attempted
        ]
        if waiting:
            name, view = waiting[which % len(waiting)]
            self.note("the code of a lock was kept")
            self.run(self._begin(self.model.keep(name, view), 2.0))

    @rule(door=door)
    def leave_codes(self, door: int) -> None:
        """A user forgets a lock that is no longer managed, with what is on it."""
        name = self._door(door)
        if not self.model.is_managed(name):
            self.run(self.model.leave(name))

    # For the rules

    def _strike(self, trouble: str, who: int, wish: str | None) -> None:
        """Let trouble meet something, if there is a wish."""
        if wish is None:
            return
        before = self._used()
        self._apply_change(who, wish)
        self.run(asyncio.sleep(2.5))
        if self._used() > before:
            self.note(f"{trouble} met something")

    def _used(self) -> int:
        return sum(lock.counts.total for lock in self.model.locks.values())

    def _apply_change(self, who: int, wish: str) -> None:
        match wish:
            case "pin":
                self._change_pin(who, former=False, moment=0.0)
            case "on" | "off":
                self._switch(who, on=wish == "on")
            case "limit":
                self._apply_rule(who, Kind.MONTH)
            case "lift":
                self._apply_rule(who, Kind.NONE)
            case "remove":
                if (person := self._person(who)) is not None:
                    self.run(self._now(lambda: self._remove(person, proven=False)))
            case "add":
                if len(self.model.people) < 3:
                    self.run(self._begin(self.model.add_person([]), 0.0))

    def _apply_rule(self, who: int, kind: Kind) -> None:
        if (person := self._person(who)) is not None:
            self.run(self._now(lambda: self.model.set_rule(person, rule_of(kind))))

    def _look(self, how: str) -> None:
        match how:
            case "verify":
                for lock in list(self.model.engine.site.locks.values()):
                    self.run(self._begin(lock.requests.async_verify(), 1.3))
            case "reconnect":
                for each in self.model.locks.values():
                    self.run(self._now(each.disconnect))
                    self.run(self._now(each.connect))
            case "reload":
                self.run(self.model.reload())

    def _note_late(self, what: str) -> None:
        async def judge() -> None:
            if not all(lock.is_quiet for lock in self.model.locks.values()):
                self.note(what)

        self.run(judge())

    def _sent(self) -> int:
        return sum(lock.sent for lock in self.model.locks.values())

    def _held(self) -> list[tuple[str, SlotView]]:
        """Return what is shown of the slots that hold anything."""
        return [
            (name, view)
            for name, view in self.model.views()
            if view.slot in self.model.locks[name].held
        ]

    def _slots_of(self, lock: DelayedFakeLock) -> list[tuple[str, SlotView]]:
        return [
            (name, view)
            for name, view in self.model.views()
            if self.model.locks[name] is lock
        ]

    async def _until(self, condition: Callable[[], bool]) -> bool:
        """Wait a while for something; return whether it came."""
        for _ in range(round(_PATIENCE / 0.01)):
            if condition():
                return True
            await asyncio.sleep(0.01)
        return False
