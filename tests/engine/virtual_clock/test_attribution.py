"""Who did it: nobody is named who did not, and nobody's use is missed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.credential import LockId, PersonId
from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    LockEvent,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.slot_events import ChangeKind
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import FakeProvider

FOREIGN = 5

type Scenario = Callable[[Doorstep], Awaitable[None]]


class Doorstep:
    """A lock with Ann's code, and somebody else's."""

    def __init__(
        self, engine: EngineHarness, lock: FakeProvider, lock_id: LockId, ann: PersonId
    ) -> None:
        self.engine = engine
        self.lock = lock
        self.lock_id = lock_id
        self.ann = ann

    @property
    def slot(self) -> int:
        """Return where Ann's code is."""
        view = self.engine.view(self.lock_id, self.ann)
        assert view is not None
        return view.slot

    @property
    def uses(self) -> int:
        """Return how often Ann's code was used."""
        return self.engine.site.counters.usage(self.ann).uses

    async def hears(self, *events: LockEvent) -> list[tuple[AccessType, str | None]]:
        """Let the lock report; return what is reported, and of whom."""
        self.engine.events.clear()
        for event in events:
            self.lock.emit(event)
        await asyncio.sleep(5)
        return [(event.type, event.name) for event in self.engine.events]


def on_the_doorstep(scenario: Scenario) -> None:
    async def happen() -> None:
        async with engine_with_real_delays() as engine:
            lock = FakeProvider(codes={FOREIGN: "9055"})
            lock_id = engine.add_lock("Front", lock)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(30)
            assert engine.state(lock_id, ann) is SlotState.IN_SYNC
            await scenario(Doorstep(engine, lock, lock_id, ann))

    run_on_virtual_clock(happen())


def operated(
    action: Action, method: Method, slot: int | None = None, ago: float = 0
) -> LockOperated:
    return LockOperated(action, method, slot, dt_util.utcnow() - timedelta(seconds=ago))


def test_who_opens_and_who_locks_is_published() -> None:
    async def scenario(there: Doorstep) -> None:
        for action, kind in (
            (Action.UNLOCK, AccessType.UNLOCKED),
            (Action.LOCK, AccessType.LOCKED),
        ):
            event = operated(action, Method.KEYPAD, there.slot)
            assert await there.hears(event) == [(kind, "Ann")]
        assert there.uses == 1

    on_the_doorstep(scenario)


@pytest.mark.parametrize("method", [Method.REMOTE, Method.UNKNOWN, Method.MANUAL])
def test_what_follows_somebodys_pin_is_not_theirs(method: Method) -> None:
    """Some locks go on naming the last user."""

    async def scenario(there: Doorstep) -> None:
        await there.hears(operated(Action.UNLOCK, Method.KEYPAD, there.slot))
        for slot in (None, there.slot):
            reported = await there.hears(operated(Action.UNLOCK, method, slot))
            assert reported == [(AccessType.UNLOCKED, None)]
            assert there.engine.events[0].slot is None
        assert there.uses == 1

    on_the_doorstep(scenario)


@pytest.mark.parametrize("slot", [None, 0, FOREIGN, 9])
def test_a_code_that_is_nobodys_is_an_unknown_user(slot: int | None) -> None:
    async def scenario(there: Doorstep) -> None:
        reported = await there.hears(operated(Action.UNLOCK, Method.KEYPAD, slot))
        assert reported == [(AccessType.UNLOCKED, None)]
        (event,) = there.engine.events
        assert event.method is Method.KEYPAD
        assert event.person is None
        assert event.slot == (slot or None)
        assert there.uses == 0

    on_the_doorstep(scenario)


@pytest.mark.parametrize("action", Action)
def test_the_slot_of_a_code_that_is_proven_gone_is_nobodys(action: Action) -> None:
    """Clause 16.3: many locks report a master code with the number of an empty slot."""

    async def scenario(there: Doorstep) -> None:
        slot = there.slot
        there.engine.set_enabled(there.ann, False)
        await asyncio.sleep(60)
        assert there.engine.state(there.lock_id, there.ann) is SlotState.IN_SYNC
        ((_, name),) = await there.hears(operated(action, Method.KEYPAD, slot))
        assert name is None
        (event,) = there.engine.events
        assert (event.person, event.slot) == (None, slot)
        assert there.uses == 0
        there.engine.set_enabled(there.ann, True)
        await asyncio.sleep(60)
        reported = await there.hears(operated(Action.UNLOCK, Method.KEYPAD, slot))
        assert [name for _, name in reported] == ["Ann"]
        assert there.uses == 1

    on_the_doorstep(scenario)


def test_a_use_that_is_reported_again_after_its_code_was_cleared_is_the_same() -> None:
    """Clause 16.2: a one-time code is gone within the time of a second report."""

    async def scenario(there: Doorstep) -> None:
        slot = there.slot
        there.engine.set_rule(there.ann, AccessRule(use_limit=1))
        await asyncio.sleep(30)
        there.lock.emit(operated(Action.UNLOCK, Method.KEYPAD, slot))
        await asyncio.sleep(1.5)
        assert FOREIGN in there.lock.codes
        assert slot not in there.lock.codes
        clears = there.lock.counts.clears
        assert await there.hears(operated(Action.UNLOCK, Method.KEYPAD, slot)) == []
        view = there.engine.view(there.lock_id, there.ann)
        assert view is not None
        assert view.unexpected_use is None
        assert there.lock.counts.clears == clears

        await there.hears(operated(Action.UNLOCK, Method.KEYPAD, slot))
        view = there.engine.view(there.lock_id, there.ann)
        assert view is not None
        assert view.unexpected_use is not None
        assert there.lock.counts.clears == clears + 1

    on_the_doorstep(scenario)


def test_slot_0_then_the_slot_is_one_unlock_and_one_use() -> None:
    async def scenario(there: Doorstep) -> None:
        for order in ((0, there.slot), (there.slot, 0)):
            reports = [operated(Action.UNLOCK, Method.KEYPAD, slot) for slot in order]
            assert await there.hears(*reports) == [(AccessType.UNLOCKED, "Ann")]
        assert there.uses == 2

    on_the_doorstep(scenario)


def test_a_refusal_names_whose_code_it_was_if_the_lock_does() -> None:
    async def scenario(there: Doorstep) -> None:
        for slot, name in ((None, None), (there.slot, "Ann"), (FOREIGN, None)):
            reported = await there.hears(AccessDenied(dt_util.utcnow(), slot))
            assert reported == [(AccessType.DENIED, name)]
            assert (there.engine.events[0].person is None) is (name is None)
        assert there.uses == 0

    on_the_doorstep(scenario)


def test_reports_of_changed_codes_are_no_uses() -> None:
    async def scenario(there: Doorstep) -> None:
        for change in ChangeKind:
            await there.hears(SlotChanged(there.slot, change))
        there.lock.set_at_keypad(there.slot, "908765")
        await asyncio.sleep(600)
        there.lock.delete_at_keypad(there.slot)
        await asyncio.sleep(600)
        assert there.uses == 0

    on_the_doorstep(scenario)


def test_a_past_use_is_counted_over_a_reload_and_published_as_past() -> None:
    async def scenario(there: Doorstep) -> None:
        slot = there.slot
        late = operated(Action.UNLOCK, Method.KEYPAD, slot, ago=5000)
        assert await there.hears(late) == [(AccessType.UNLOCKED, "Ann")]
        assert there.engine.events[0].is_historic
        await there.engine.reopen()
        await asyncio.sleep(30)
        assert await there.hears(late) == []
        assert there.uses == 1

    on_the_doorstep(scenario)
