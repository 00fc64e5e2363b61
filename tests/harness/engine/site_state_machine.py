"""The state machine of a whole site, without its rules: start, checks, teardown.

How to use it: derive it with rules of Hypothesis, as `InterleavingRules` and
`AccessRuleRules` do; `tests/engine/virtual_clock/test_state_machine.py` runs them.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import Any, override

from hypothesis import event, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests.harness.clock.virtual_clock import virtual_time
from tests.harness.engine.access_rule_oracle import Kind, rule_of
from tests.harness.engine.convergence import assert_converged, clear_faults
from tests.harness.engine.site_model import SiteModel
from tests.harness.fakes.provider import Profile

who = st.integers(0, 2)
door = st.integers(0, 1)
moments = st.sampled_from([0.0, 0.05, 0.3, 0.35, 0.6, 0.7, 1.0, 1.3, 2.0, 5.0])
TURNS = st.integers(0, 30)


class SiteStateMachine(RuleBasedStateMachine):
    """A site on virtual time, with everything that must hold."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._runner = self._stack.enter_context(virtual_time())
        self.model: SiteModel
        self.is_open = False
        self.is_well = False

    @initialize(
        profiles=st.lists(st.sampled_from(Profile), min_size=1, max_size=2),
        codes=st.lists(st.sets(st.integers(1, 4), max_size=2), min_size=2, max_size=2),
        people=st.lists(st.sampled_from(Kind), min_size=1, max_size=2),
        scheduled=st.sets(st.integers(0, 1)),
        talkative=st.sets(st.integers(0, 1)),
        switching=st.sets(st.integers(0, 1)),
        settled=st.sampled_from([0.0, 6.0, 6.0, 130.0]),
    )
    def begin(
        self,
        *,
        profiles: list[Profile],
        codes: list[set[int]],
        people: list[Kind],
        scheduled: set[int],
        talkative: set[int],
        switching: set[int],
        settled: float,
    ) -> None:
        held = [{slot: f"98000{slot}" for slot in each} for each in codes]
        for profile, each in zip(profiles, held, strict=False):
            if profile is Profile.WRITE_ONLY:
                each.pop(3, None)
                each.pop(4, None)
        self.model = SiteModel(
            profiles, held[: len(profiles)], scheduled, talkative, switching
        )
        self.is_open = True
        self._runner.run(self.model.begin())
        self.is_well = True
        for kind in people:
            self.run(self.model.add_person([], rule_of(kind)))
        self.run(asyncio.sleep(settled))

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        self._runner.run(work)
        self.check()

    def note(self, what: str) -> None:
        """Count what really happened, for `--hypothesis-show-statistics`."""
        event(what)

    def check(self) -> None:
        async def look() -> None:
            self.model.look()

        self._runner.run(look())
        self._judge()

    def _judge(self) -> None:
        problems = self.model.problems()
        self.is_well = not problems
        assert not problems, problems

    @override
    def teardown(self) -> None:
        try:
            if self.is_well:
                self._quiesce()
        finally:
            if self.is_open:
                self._runner.run(self.model.end())
            self._stack.close()
        if self.is_well:
            self._judge()

    def _quiesce(self) -> None:
        """With every fault gone all comes right, and then there is nothing to do."""
        self.run(clear_faults(self.model))
        assert_converged(self.model)
        self.check()
        before = self.model.used()
        self.run(asyncio.sleep(3600))
        for name, (reads, changes) in self.model.used().items():
            assert changes == before[name][1], f"{name} is written at rest"
            assert reads <= before[name][0] + 12, f"{name} is read at rest"

    # For the rules

    def _door(self, number: int) -> str:
        return f"door{number % len(self.model.locks)}"

    def _names(self, doors: set[int]) -> list[str]:
        return sorted({self._door(each) for each in doors})

    def _person(self, number: int) -> str | None:
        people = self.model.people
        return people[number % len(people)] if people else None

    def _remove(self, unique_id: str, proven: bool) -> None:
        engine = self.model.engine
        if not proven:
            engine.remove(unique_id)
            return
        engine.site.removals.async_begin(
            next(
                each.subentry_id
                for each in engine.entry.subentries.values()
                if each.unique_id == unique_id
            )
        )

    async def _begin(self, work: Coroutine[Any, Any, Any], moment: float) -> None:
        self.model.do(work)
        await asyncio.sleep(moment)

    async def _now(self, act: Any) -> None:
        act()
        for _ in range(3):
            await asyncio.sleep(0)

    def _change_pin(self, who: int, former: bool, moment: float) -> None:
        if (person := self._person(who)) is None or person in self.model.attempted:
            return
        pin = self.model.pins[person][0] if former else self.model.new_code("1")
        self.run(self._begin(self.model.set_pin(person, pin), moment))

    def _switch(self, who: int, on: bool) -> None:
        if (person := self._person(who)) is not None:
            self.run(self._now(lambda: self.model.engine.set_enabled(person, on)))
