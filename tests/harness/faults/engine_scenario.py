"""A fault on the engine alone, with two locks in memory.

How to use it: `run_scenario(fault, change, profile)` returns what came of it; the faults
are in `tests/engine/faults/cases.py`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, override

from custom_components.keyholder.model.credential import LockId, PersonId
from custom_components.keyholder.model.slot import DesiredState, SlotState
from custom_components.keyholder.repairs.issues import issues_of_lock
from tests.harness.claims import ClaimChecker
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_claims import watch_engine
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.faults.fault_scenario import (
    FIRST_PIN,
    OTHER,
    OTHER_PIN,
    OURS,
    SECOND_PIN,
    SETTLING,
    TIMING,
    ActionSchedule,
    BaseExpectations,
    BaseOutcome,
    FaultScenario,
    UserChange,
)
from tests.harness.faults.state_recorder import StateRecorder


@dataclass(kw_only=True)
class FaultContext(ActionSchedule):
    """What a fault may take hold of."""

    engine: EngineHarness
    front: LockId
    back: LockId
    ann: PersonId
    provider: FakeProvider


@dataclass(frozen=True, kw_only=True)
class Fault(BaseExpectations):
    """Something that goes wrong with a lock, and how much of it is allowed."""

    name: str
    inject: Callable[[FaultContext], object]
    """Called as the scenario begins, before anything is done."""
    at_most: int = 12
    profiles: tuple[Profile, ...] = tuple(Profile)
    reports: bool = True
    """The lock reports changes; one that does not is looked at by and by."""
    slot: int | None = OURS
    """The slot that the events name."""


@dataclass(frozen=True, kw_only=True)
class Outcome(BaseOutcome):
    """What came of it."""

    slots: frozenset[int | None]
    """The slots that the events name."""
    desired: DesiredState
    ends: SlotState | None
    other_operations: Counter[Call]
    back_shown: tuple[str, ...]
    back_operations: Counter[tuple[Call, int | None]]


class SlotRecorder(StateRecorder):
    """What the sensor of a slot shows, second by second."""

    def __init__(self, engine: EngineHarness, lock: LockId, person: PersonId) -> None:
        """Look at it from now on."""
        super().__init__()
        self._engine = engine
        self._lock = lock
        self._person = person
        self.look()
        engine.site.locks[lock].async_add_listener(self.look)

    def look(self) -> None:
        """Note what is shown now."""
        self.note(self._now())

    def _now(self) -> str:
        view = self._engine.view(self._lock, self._person)
        if view is None:
            snapshot = self._engine.snapshot(self._lock)
            reasons = {
                reason
                for ref, reason in snapshot.unassigned.items()
                if ref.person == self._person
            }
            reason = next(iter(reasons), None)
            return "no slot" if reason is None else f"no slot ({reason})"
        state = "unknown" if view.state is None else view.state.value
        if view.desired is DesiredState.ABSENT and view.state in _PROVEN:
            state = "gone"
        return state if view.reason is None else f"{state} ({view.reason})"


_PROVEN: Final = (SlotState.IN_SYNC, SlotState.ACCEPTED)


class EngineFaultScenario(FaultScenario):
    """Plays it on the engine alone, with two locks in memory."""

    def __init__(
        self, engine: EngineHarness, fault: Fault, change: UserChange, profile: Profile
    ) -> None:
        """Use two locks of a kind; the fault strikes the first."""
        super().__init__(fault, change)
        self._engine, self._fault = engine, fault
        self._providers = [
            FakeProvider(profile, reports_changes=fault.reports) for _ in range(2)
        ]
        self._issues: dict[LockId, list[str]] = {}
        self._recorders: dict[tuple[LockId, PersonId], SlotRecorder] = {}

    async def set_up(self) -> FaultContext:
        """Give everybody a code, and let it come to rest."""
        engine = self._engine
        self._front, self._back = (
            engine.add_lock(name, provider, slots=(1, 9))
            for name, provider in zip(("Front", "Back"), self._providers, strict=True)
        )
        is_write = self._change is UserChange.WRITE
        self._bob = await engine.add_person("Bob", OTHER_PIN)
        await _settle(engine, self._bob)
        self._ann = await engine.add_person("Ann", FIRST_PIN, enabled=not is_write)
        await _settle(engine, self._bob, *(() if is_write else (self._ann,)))
        await asyncio.sleep(SETTLING)
        return FaultContext(
            change=self._change,
            engine=engine,
            front=self._front,
            back=self._back,
            ann=self._ann,
            provider=self._providers[0],
        )

    def outcome(self) -> Outcome:
        """Return what came of it."""
        front, back = self._front, self._back
        provider, events = self._providers[0], self._engine.events
        assert all(event.lock == front for event in events)
        assert self._issues[back] == []
        view = self._engine.view(front, self._ann)
        calls = Counter(provider.calls)
        return Outcome(
            shown=self._recorders[front, self._ann].shown,
            reported=(*(event.type.value for event in events), *self._issues[front]),
            slots=frozenset(event.slot for event in events),
            commands=(
                calls[Call.READ, OURS],
                calls[Call.WRITE, OURS],
                calls[Call.CLEAR, OURS],
            ),
            held=provider.codes.get(OURS),
            desired=DesiredState.ABSENT if view is None else view.desired,
            ends=None if view is None else view.state,
            other_shown=self._recorders[front, self._bob].states,
            other_operations=Counter(
                call for call, slot in provider.calls if slot == OTHER
            ),
            back_shown=self._recorders[back, self._ann].states,
            back_operations=Counter(self._providers[1].calls),
            false_claims=self._false_claims,
        )

    @override
    def _start_record(self) -> None:
        for provider in self._providers:
            provider.calls.clear()
        self._engine.events.clear()

    @contextmanager
    @override
    def _watch(self, *, strict: bool) -> Iterator[ClaimChecker]:
        claims = watch_engine(self._engine, strict=strict)
        self._recorders = {
            (lock, person): SlotRecorder(self._engine, lock, person)
            for lock in (self._front, self._back)
            for person in (self._ann, self._bob)
        }
        for lock, coordinator in self._engine.site.locks.items():
            known = self._issues.setdefault(lock, [])
            note = partial(_note_issues, self._engine, lock, known)
            coordinator.async_add_listener(note)
        yield claims

    @override
    async def _make_change(self) -> None:
        match self._change:
            case UserChange.WRITE:
                self._engine.set_enabled(self._ann, True)
            case UserChange.CHANGE:
                await self._engine.set_pin(self._ann, SECOND_PIN)
            case UserChange.CLEAR:
                self._engine.set_enabled(self._ann, False)
            case UserChange.NOTHING:
                return


def run_scenario(fault: Fault, change: UserChange, profile: Profile) -> Outcome:
    """Run the scenario of a fault on virtual time."""
    return run_on_virtual_clock(_run(fault, change, profile))


async def _run(fault: Fault, change: UserChange, profile: Profile) -> Outcome:
    async with engine_with_real_delays(timing=TIMING) as engine:
        scenario = EngineFaultScenario(engine, fault, change, profile)
        context = await scenario.set_up()
        await scenario.run(lambda: fault.inject(context), context)
        return scenario.outcome()


def _note_issues(engine: EngineHarness, lock: LockId, known: list[str]) -> None:
    for issue in issues_of_lock(engine.site, lock):
        if issue.show_initially and issue.kind not in known:
            known.append(issue.kind)


async def _settle(engine: EngineHarness, *people: PersonId) -> None:
    def is_settled() -> bool:
        return all(
            engine.state(lock, person) in _PROVEN
            for lock in engine.site.locks
            for person in people
        )

    for _ in range(100):
        if is_settled():
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the codes are not in place")
