"""Rules of the machine about access rules: given, turned, used up, and interrupted."""

import asyncio

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.harness.engine.access_rule_oracle import Kind
from tests.harness.engine.interleaving_rules import InterleavingRules, instants
from tests.harness.engine.site_state_machine import door, moments, who

kinds = st.sampled_from(Kind)


class AccessRuleRules(InterleavingRules):
    """What people may do, what changes that, and the power that goes meanwhile."""

    @rule(who=who, kind=kinds, moment=moments)
    def change_rule(self, who: int, kind: Kind, moment: float) -> None:
        self._apply_rule(who, kind)
        self.run(asyncio.sleep(moment))

    @rule(state=st.sampled_from(["on", "off", "off", "unavailable"]))
    def turn_condition(self, state: str) -> None:
        self.run(self._now(lambda: self.model.rules.turn(state)))

    @rule(which=st.integers(0, 3), moment=moments)
    def use_code(self, which: int, moment: float) -> None:
        """Somebody comes in with a code that is on a lock."""
        self._use(which)
        self.run(asyncio.sleep(moment))

    @rule(
        which=st.integers(0, 3),
        kind=st.sampled_from([Kind.ONCE, Kind.TWICE]),
        after=instants,
        turns=st.integers(0, 6),
        away=st.sampled_from([0.0, 5.0, 70.0]),
    )
    def cut_a_use(
        self, *, which: int, kind: Kind, after: float, turns: int, away: float
    ) -> None:
        """The power goes after somebody came in whose uses are limited."""
        held = self._held()
        if not held:
            return
        _name, view = held[which % len(held)]
        person = view.credential.person
        if person not in self.model.people:
            return
        self._apply_rule(self.model.people.index(person), kind)
        self.run(asyncio.sleep(20))
        self._use(which)

        async def cut() -> None:
            await asyncio.sleep(after)
            for _ in range(turns):
                await asyncio.sleep(0)
            await self.model.cut(finishes=False, away=away)

        self.note("the power went after a use")
        self.run(cut())

    @precondition(
        lambda self: any(lock.has_schedules for lock in self.model.locks.values())
    )
    @rule(
        door=door,
        kind=st.sampled_from(
            ["silent_limits", "refuse_limits", "drop_limits", "keep_limits"]
        ),
        times=st.sampled_from([1, 2, True]),
        who=who,
        wish=st.sampled_from([Kind.NONE, Kind.MONTH, Kind.HOUR]),
    )
    def trouble_with_limits(
        self, door: int, kind: str, times: int, who: int, wish: Kind
    ) -> None:
        name = self._door(door)
        setattr(self.model.locks[name].faults, kind, times)
        if kind != "silent_limits":
            self.model.rules.refusing.add(name)
        self._apply_rule(who, wish)
        self.run(asyncio.sleep(5))

    def _use(self, which: int) -> None:
        held = self._held()
        if held:
            name, view = held[which % len(held)]
            self.note("a code was used")
            self.run(self._now(lambda: self.model.rules.press(name, view.slot)))
