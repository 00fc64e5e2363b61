"""A code that is switched off, and opens the door all the same."""

import pytest

from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.lock_events import Action, Method
from custom_components.keyholder.model.slot import (
    DesiredState,
    Operation,
    SlotRecord,
    SlotState,
)
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.access_rule_scenario import (
    advance,
    engine_in_berlin,
    sleep_until,
    weekly,
    window,
)
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.fakes.provider import Call, FakeProvider, Held, Profile

PIN = "907153"
SLOT = 1


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_a_code_that_opened_the_door_while_it_was_off_is_cleared(
    profile: Profile,
) -> None:
    """The lock shows it as off, and lets it in all the same: only the door can tell."""

    async def scenario() -> None:
        lock = FakeProvider(profile, tells_makers=True, switches_codes=True)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await sleep_until("03-02 18:00")
            assert lock.held[SLOT] == Held(PIN, enabled=False, label="Ada")
            lock.operate(Action.UNLOCK, Method.KEYPAD, SLOT)
            await advance(seconds=30)
            assert lock.held == {}
            view = engine.view(door, ada)
            assert view is not None
            assert view.desired is DesiredState.ABSENT
            assert view.state is SlotState.IN_SYNC
            await sleep_until("03-03 16:00")
            assert engine.state(door, ada) is SlotState.IN_SYNC
            await sleep_until("03-03 17:01")
            assert lock.held == {}

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_a_clear_of_a_code_proven_to_be_disabled_is_known_after_a_power_cut(
    profile: Profile,
) -> None:
    """On disk the code was proven, so the next start reported our clear as a removal."""

    async def scenario() -> None:
        lock = FakeProvider(profile, tells_makers=True, switches_codes=True)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await sleep_until("03-02 18:00")
            assert _stored(engine, door).is_verified
            lock.hang(Call.CLEAR)
            lock.operate(Action.UNLOCK, Method.KEYPAD, SLOT)
            await advance(seconds=0.5)
            stored = _stored(engine, door)
            assert not stored.is_verified
            assert stored.may_explain(Operation.CLEAR)

    run_on_virtual_clock(scenario())


def _stored(engine: EngineHarness, door: LockId) -> SlotRecord:
    """Return the record of the slot that is on disk."""
    page = engine.site.journal.committed(door)
    assert page is not None
    return page.records[SLOT]
