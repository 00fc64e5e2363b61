"""One fault on one of two locks in memory while one slot is worked on.

How to use it: `run_scenario(fault, change, profile)` returns what came of it; the faults
are in `tests/engine/faults/cases.py`. On real integrations it is `FaultScenario`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final

from custom_components.keyholder.model.access import AccessEvent
from custom_components.keyholder.model.credential import LockId, PersonId
from custom_components.keyholder.model.slot import DesiredState, SlotState
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.repairs.issues import issues_of_lock
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_claims import watch_engine
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.faults.state_recorder import StateRecorder

OURS: Final = 2
"""The slot in which the fault strikes."""
OTHER: Final = 1
"""The slot of somebody else on the same lock."""
FIRST_PIN: Final = "907153"
SECOND_PIN: Final = "907154"
SETTLING: Final = 90
"""Seconds before the story: what was written to set the scene is no doubt any more."""


class UserChange(StrEnum):
    """What is done to the slot when the fault strikes."""

    WRITE = "write"
    CHANGE = "new PIN"
    CLEAR = "clear"
    NOTHING = "at rest"
    CLOSE = "its hours end"
    OPEN = "its hours begin"
    OFF = "switched off"
    """At rest, in between. These three are of locks that can switch codes off."""


FOUR: Final = (
    UserChange.WRITE,
    UserChange.CHANGE,
    UserChange.CLEAR,
    UserChange.NOTHING,
)
"""What is done on every kind of lock."""


@dataclass
class FaultContext:
    """What a fault may take hold of."""

    engine: EngineHarness
    front: LockId
    back: LockId
    ann: PersonId
    provider: FakeProvider
    change: UserChange
    timers: list[asyncio.TimerHandle] = field(default_factory=list)

    def at(self, seconds: float, action: Callable[[], object]) -> None:
        """Let something happen so many seconds after the story begins."""
        loop = asyncio.get_running_loop()
        self.timers.append(loop.call_later(seconds, action))


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with a lock, and how much of it is allowed."""

    name: str
    inject: Callable[[FaultContext], object]
    """Called as the story begins, before anything is done."""
    changes: tuple[UserChange, ...] = (
        UserChange.WRITE,
        UserChange.CHANGE,
        UserChange.CLEAR,
    )
    profiles: tuple[Profile, ...] = tuple(Profile)
    at_most: int = 12
    """Radio operations on the slot in the whole story."""
    others: int = 0
    """Reads of somebody else's slot on the same lock: it has to be looked at again."""
    lasts: int = 600
    """Seconds that the story lasts."""
    reports: bool = True
    """The lock reports changes; one that does not is looked at by and by."""
    hidden: bool = False
    """A lock of this kind cannot show what happens, so what is said is an older truth."""
    slot: int | None = OURS
    """The slot that the events name."""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    shown: tuple[tuple[int, str], ...]
    """What the sensor of the slot shows from each second on, with its reason."""
    told: tuple[str, ...]
    """Each event, then each repair."""
    slots: frozenset[int | None]
    """The slots that the events name."""
    operations: tuple[int, int, int]
    """Reads, writes and clears of the slot."""
    ends_held: str | None
    desired: DesiredState
    ends: SlotState | None
    other_shown: tuple[str, ...]
    other_operations: Counter[Call]
    back_shown: tuple[str, ...]
    back_operations: Counter[tuple[Call, int | None]]
    false_claims: tuple[str, ...]


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


def run_scenario(fault: Fault, change: UserChange, profile: Profile) -> Outcome:
    """Run the story of a fault on virtual time."""
    return run_on_virtual_clock(_run(fault, change, profile))


async def _run(fault: Fault, change: UserChange, profile: Profile) -> Outcome:
    async with engine_with_real_delays(timing=Timing()) as engine:
        providers = [
            FakeProvider(profile, reports_changes=fault.reports) for _ in range(2)
        ]
        front, back = (
            engine.add_lock(name, provider, slots=(1, 9))
            for name, provider in zip(("Front", "Back"), providers, strict=True)
        )
        bob = await engine.add_person("Bob", "908001")
        await _settle(engine, bob)
        ann = await engine.add_person(
            "Ann", FIRST_PIN, enabled=change is not UserChange.WRITE
        )
        await _settle(engine, *((bob,) if change is UserChange.WRITE else (bob, ann)))
        await asyncio.sleep(SETTLING)

        provider = providers[0]
        for each in providers:
            each.calls.clear()
        claims = watch_engine(engine, strict=not fault.hidden)
        recorders = {
            (lock, person): SlotRecorder(engine, lock, person)
            for lock in (front, back)
            for person in (ann, bob)
        }
        issues: dict[LockId, list[str]] = {front: [], back: []}
        heard: list[AccessEvent] = engine.events
        heard.clear()

        for lock, coordinator in engine.site.locks.items():
            note = partial(_note_issues, engine, lock, issues[lock])
            coordinator.async_add_listener(note)
        context = FaultContext(engine, front, back, ann, provider, change)
        fault.inject(context)
        await _do(engine, ann, change)
        await asyncio.sleep(fault.lasts)
        for timer in context.timers:
            timer.cancel()
        assert all(event.lock == front for event in heard)
        view = engine.view(front, ann)
        calls = Counter(provider.calls)
        assert issues[back] == []
        told = (*(event.type.value for event in heard), *issues[front])
        return Outcome(
            shown=recorders[front, ann].shown,
            told=told,
            slots=frozenset(event.slot for event in heard),
            operations=(
                calls[Call.READ, OURS],
                calls[Call.WRITE, OURS],
                calls[Call.CLEAR, OURS],
            ),
            ends_held=provider.codes.get(OURS),
            desired=DesiredState.ABSENT if view is None else view.desired,
            ends=None if view is None else view.state,
            other_shown=recorders[front, bob].states,
            other_operations=Counter(
                call for call, slot in provider.calls if slot == OTHER
            ),
            back_shown=recorders[back, ann].states,
            back_operations=Counter(providers[1].calls),
            false_claims=tuple(claims.false_claims),
        )


def _note_issues(engine: EngineHarness, lock: LockId, known: list[str]) -> None:
    for issue in issues_of_lock(engine.site, lock):
        if issue.show_initially and issue.kind not in known:
            known.append(issue.kind)


async def _do(engine: EngineHarness, ann: PersonId, change: UserChange) -> None:
    match change:
        case UserChange.WRITE:
            engine.set_enabled(ann, True)
        case UserChange.CHANGE:
            await engine.set_pin(ann, SECOND_PIN)
        case UserChange.CLEAR:
            engine.set_enabled(ann, False)
        case UserChange.NOTHING:
            return


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
    raise AssertionError("the scene was not set")
