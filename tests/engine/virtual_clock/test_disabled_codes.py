"""The whole engine where windows turn, and the locks switch codes off and on."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import initialize, rule
import pytest

from tests.engine.virtual_clock.test_state_machine import WholeEngine
from tests.harness.engine.access_rule_oracle import Kind
from tests.harness.engine.site_state_machine import door, who
from tests.harness.fakes.provider import Call, Faults, Profile
from tests.harness.sampling import FULL, sample_size

pytestmark = pytest.mark.timeout(3600)

DAY = timedelta(days=1)
showing = st.sampled_from([Profile.MASKING, Profile.MASKING, Profile.READABLE])


@dataclass(frozen=True)
class Turn:
    """The end or the beginning of a window, with a fault of the locks."""

    fault: str | None
    times: int
    late: float
    moment: float
    then: str | None
    awaits: int
    rest: float


turns = st.builds(
    Turn,
    fault=st.sampled_from(
        [
            None,
            None,
            None,
            "drop_switches",
            "refuse_switches",
            "silent_reads",
            "lost_answers",
            "unreachable",
            "drop_clears",
            "hang",
        ]
    ),
    times=st.sampled_from([1, 2, True]),
    late=st.sampled_from([0.0, 0.0, 0.0, 1.5, 8.0, 20.0, 58.0]),
    moment=st.sampled_from([0.0, 0.1, 0.35, 0.7, 1.0, 1.3, 3.0, 12.0, 70.0]),
    then=st.sampled_from(
        [
            None,
            None,
            None,
            None,
            "wake",
            "use",
            "pin",
            "off",
            "remove",
            "cut",
            "cut",
            "type",
            "verify",
        ]
    ),
    awaits=st.integers(0, 12),
    rest=st.sampled_from([0.0, 1.0, 20.0]),
)


class SwitchingEngine(WholeEngine):
    """Everything that can happen to a site, most of it when a window turns."""

    @initialize(
        profiles=st.lists(showing, min_size=1, max_size=2),
        scheduled=st.sets(st.integers(0, 1)),
    )
    def begin(self, *, profiles: list[Profile], scheduled: set[int]) -> None:
        super().begin(
            profiles=profiles,
            codes=[set(), {1}],
            people=[Kind.SHIFTS],
            scheduled=scheduled,
            talkative=set(),
            switching={0, 1},
            settled=30.0,
        )

    @rule(turns=st.lists(turns, min_size=1, max_size=4), who=who, door=door)
    def windows_turn(self, turns: list[Turn], who: int, door: int) -> None:
        """What the lock makes of it, and what happens meanwhile."""
        for turn in turns:
            if not self._wait_for_a_turn():
                return
            self._turn(turn, who, door)

    @rule(turns=st.lists(turns, min_size=1, max_size=4), who=who, door=door)
    def more_windows_turn(self, turns: list[Turn], who: int, door: int) -> None:
        """Chance alone seldom has two rules meet that are one of forty."""
        self.windows_turn(turns, who, door)

    @rule(turns=st.lists(turns, min_size=1, max_size=4), who=who, door=door)
    def windows_turn_for_who_has_some(
        self, turns: list[Turn], who: int, door: int
    ) -> None:
        """What came before may have taken them away."""
        self._apply_rule(who, Kind.SHIFTS)
        self.run(asyncio.sleep(30))
        self.windows_turn(turns, who, door)

    def _turn(self, turn: Turn, who: int, door: int) -> None:
        before = sum(lock.switched for lock in self.model.locks.values())
        for lock in self.model.locks.values():
            lock.late_by = turn.late
            if turn.fault == "hang":
                lock.hang(Call.SWITCH)
            elif turn.fault is not None:
                setattr(lock.faults, turn.fault, turn.times)
        self.run(asyncio.sleep(1.0 + turn.moment))
        after = sum(lock.switched for lock in self.model.locks.values())
        if after > before:
            self.note(f"a code was switched with {turn.fault}")
            self.note(f"a code was switched, then {turn.then}")
        self._go_on(turn.then, who, door, turn.awaits)
        for lock in self.model.locks.values():
            lock.late_by = 0.0
            lock.faults = Faults()
            lock.release()
        self.run(asyncio.sleep(turn.rest))

    def _wait_for_a_turn(self) -> bool:
        """Let time pass until a second before a rule turns, if one is about to."""
        site = self.model.engine.site
        now = dt_util.utcnow()
        verdicts = [site.rules.result(each) for each in site.people.values()]
        moments = [each.next_change for each in verdicts if each.next_change]
        coming = [at for at in moments if now < at < now + DAY]
        if not coming:
            return False
        wait = (min(coming) - now).total_seconds() - 1.0
        self.run(asyncio.sleep(max(0.0, wait)))
        return True

    def _go_on(self, then: str | None, who: int, door: int, turns: int) -> None:
        match then:
            case "wake":
                self.wake_codes(door)
            case "use":
                self._use(who)
            case "pin":
                self._change_pin(who, former=False, moment=0.0)
            case "off":
                self._switch(who, on=False)
                self._switch(who, on=True)
            case "remove":
                self.remove_person(who, proven=bool(turns % 2))
            case "type":
                held = self.model.locks[self._door(door)].held
                self.type_a_code(door, next(iter(held), 1), reported=True)
            case "verify":
                self.verify(door, 0.0)
            case "cut":

                async def cut() -> None:
                    for _ in range(turns):
                        await asyncio.sleep(0)
                    await self.model.cut(finishes=bool(turns % 2), away=0.0)

                self.run(cut())


SwitchingEngine.TestCase.settings = settings(
    max_examples=sample_size(20, 2_000),
    stateful_step_count=12,
    deadline=None,
    derandomize=not FULL,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
test_nothing_is_found = SwitchingEngine.TestCase
