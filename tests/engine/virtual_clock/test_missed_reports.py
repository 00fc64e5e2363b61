"""Reports of a lock that are lost: what it holds is looked at at once, and not too often."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.lock_events import (
    BindingChanged,
    Connected,
    SlotChanged,
)
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ChangeKind
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.engine.real_delays import StoredData, engine_with_real_delays
from tests.harness.fakes.provider import FakeProvider, Profile

PEOPLE = 6


def masking(*, loses_reports: bool = True) -> FakeProvider:
    """Return a lock that masks its codes, tells who made them, and reports changes."""
    return FakeProvider(Profile.MASKING, tells_makers=True, loses_reports=loses_reports)


async def move_in(engine: EngineHarness, provider: FakeProvider) -> str:
    """Put everybody's code on a lock, and leave it alone for a while."""
    lock = engine.add_lock("Front", provider)
    for number in range(PEOPLE):
        await engine.add_person(str(number), f"90715{number}")
    await asyncio.sleep(2 * 3600)
    views = engine.snapshot(lock).slots.values()
    assert [view.state for view in views] == [SlotState.IN_SYNC] * PEOPLE
    reset(provider)
    return lock


def reset(provider: FakeProvider) -> None:
    provider.counts.reads = provider.counts.writes = provider.counts.clears = 0


def tell(
    scenario: Callable[[EngineHarness], Awaitable[None]], disk: StoredData | None = None
) -> None:
    """Run a scenario in a site of its own."""

    async def run() -> None:
        async with engine_with_real_delays(disk) as engine:
            await scenario(engine)

    run_on_virtual_clock(run())


@pytest.mark.parametrize("back", ["restart", "reconnect"])
def test_every_managed_slot_is_read_once_as_soon_as_the_lock_is_back(back: str) -> None:
    """A few codes an hour were looked at: what was changed meanwhile stayed for hours."""

    async def scenario(engine: EngineHarness) -> None:
        provider = masking()
        lock = await move_in(engine, provider)
        for slot, theirs in ((2, "904444"), (5, "905555")):
            provider.set_at_keypad(slot, theirs, reported=False)

        if back == "restart":
            await engine.reopen()
        else:
            provider.disconnect()
            provider.connect()
        await asyncio.sleep(60)

        assert provider.counts.reads == PEOPLE
        assert provider.counts.writes == provider.counts.clears == 0
        slots = engine.snapshot(lock).slots
        assert {slots[2].reason, slots[5].reason} == {Reason.OCCUPIED}
        assert {slot for _, slot in engine.published(AccessType.CODE_CHANGED)} == {2, 5}
        await asyncio.sleep(24 * 3600)
        assert provider.counts.reads == PEOPLE
        assert live_timers(engine.hass) == live_tasks() == []

    tell(scenario)


def test_a_connection_that_comes_and_goes_makes_few_reads() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = masking()
        lock = await move_in(engine, provider)
        for _ in range(40):
            provider.disconnect()
            await asyncio.sleep(5)
            provider.connect()
            await asyncio.sleep(55)
        # a round at once, then after 5, 10 and 20 minutes more
        assert PEOPLE < provider.counts.reads <= 4 * PEOPLE
        for _ in range(24 * 60):
            provider.disconnect()
            await asyncio.sleep(5)
            provider.connect()
            await asyncio.sleep(55)
        assert provider.counts.reads <= (4 + 24) * PEOPLE
        # what was lost last is found in the end
        provider.set_at_keypad(4, "904444", reported=False)
        await asyncio.sleep(3700)
        assert engine.snapshot(lock).slots[4].reason is Reason.OCCUPIED

    tell(scenario)


def test_a_loss_soon_after_a_start_is_no_less_a_loss() -> None:
    """The start, when there was nothing to read, counted as a round: the next one waited."""

    async def scenario(engine: EngineHarness) -> None:
        provider = masking()
        lock = engine.add_lock("Front", provider)
        await engine.add_person("Ann", "907153")
        await asyncio.sleep(60)
        provider.disconnect()
        provider.set_at_keypad(1, "904444", reported=False)
        provider.connect()
        await asyncio.sleep(1)
        assert engine.snapshot(lock).slots[1].reason is Reason.OCCUPIED

    tell(scenario)


def test_a_loss_in_the_middle_of_a_round_is_for_another_round() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = masking()
        lock = await move_in(engine, provider)
        provider.faults.answers_after = 10
        provider.disconnect()
        provider.connect()
        await asyncio.sleep(35)
        provider.set_at_keypad(1, "904444", reported=False)
        provider.emit(Connected(events_missed=True))
        await asyncio.sleep(60)
        assert engine.snapshot(lock).slots[1].reason is None
        await asyncio.sleep(600)
        assert engine.snapshot(lock).slots[1].reason is Reason.OCCUPIED

    tell(scenario)


def test_a_lock_that_goes_in_the_middle_of_it_is_looked_at_to_the_end() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = masking()
        await move_in(engine, provider)
        provider.disconnect()
        provider.faults.answers_after = 10
        provider.connect()
        await asyncio.sleep(35)
        provider.faults.unreachable = 2
        await asyncio.sleep(600)
        assert PEOPLE <= provider.counts.reads <= PEOPLE + 3

    tell(scenario)


def test_without_lost_reports_all_is_left_to_the_budget() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = masking(loses_reports=False)
        await move_in(engine, provider)
        provider.disconnect()
        provider.connect()
        await asyncio.sleep(600)
        assert provider.counts.reads <= 1

    tell(scenario)


def test_what_a_provider_has_to_remember_is_given_back_after_a_restart() -> None:
    disk: StoredData = {}

    async def scenario(engine: EngineHarness) -> None:
        provider = masking()
        await move_in(engine, provider)
        provider.emit(BindingChanged(2, {"user": 7}))
        provider.emit(BindingChanged(3, {"user": 8}))
        provider.emit(BindingChanged(9, {"user": 9}))
        provider.emit(BindingChanged(3, None))
        await engine.reopen()
        # of a slot that is nobody's nothing has to be remembered
        assert provider.recalled == {2: {"user": 7}}
        provider.emit(SlotChanged(2, ChangeKind.CLEARED))
        await asyncio.sleep(60)
        await engine.reopen()
        assert provider.recalled == {2: {"user": 7}}

    tell(scenario, disk)
