"""Reads that bring nothing, and locks that cannot be reached: unknown is not empty."""

import asyncio

import pytest

from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    LockUnreachableError,
)
from tests.harness.claims import ClaimChecker
from tests.harness.engine.engine_harness import EngineHarness, our_log
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.waiting import wait_for

SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


@SHOWING
async def test_a_read_that_fails_takes_nothing_from_what_is_known(
    engine: EngineHarness, claims: ClaimChecker, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    before = await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.counts.writes = 0

    provider.faults.silent_reads = True
    assert await engine.site.locks[lock].requests.async_verify() == {1: False}
    view = engine.view(lock, ann)
    assert view is not None
    assert (view.state, view.verified_at) == (SlotState.IN_SYNC, before.verified_at)

    provider.faults.silent_reads = False
    await wait_for(lambda: (view := engine.view(lock, ann)) and view != before)
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)


async def test_a_lock_that_cannot_be_probed_at_first_is_tried_again_by_itself(
    engine: EngineHarness,
) -> None:
    # who was asleep when Home Assistant started was never asked again
    provider = FakeProvider()
    provider.faults.unreachable = 2
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")

    await engine.until_state(lock, ann, SlotState.IN_SYNC)


@pytest.mark.parametrize("error", [IncompatibleLibraryError("x"), ValueError("907153")])
async def test_a_probe_that_fails_is_shown_contained_and_tried_again(
    engine: EngineHarness, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    provider = FakeProvider()
    provider.faults.breaks = error
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await wait_for(lambda: provider.calls.count((Call.PROBE, None)) > 1)
    snapshot = engine.snapshot(lock)
    assert not snapshot.reachable
    assert snapshot.incompatible is isinstance(error, IncompatibleLibraryError)
    assert not any("907153" in line for line in our_log(caplog))

    provider.faults.breaks = None
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert not engine.snapshot(lock).incompatible


async def test_a_form_that_finds_the_lock_silent_does_not_leave_it_out_of_reach(
    engine: EngineHarness,
) -> None:
    # nothing was due on the lock, so nothing tried it again
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    await wait_for(lambda: engine.snapshot(lock).reachable)
    provider.faults.unreachable = 1
    with pytest.raises(LockUnreachableError):
        await engine.site.locks[lock].requests.async_check_capacity()
    await wait_for(lambda: not engine.snapshot(lock).reachable)

    await wait_for(lambda: engine.snapshot(lock).reachable)


async def test_who_verifies_a_lock_out_of_reach_is_answered_at_once(
    engine: EngineHarness,
) -> None:
    # the second slot waited for the next try, half an hour at worst
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    people = [await engine.add_person(name, f"90715{name}") for name in "123"]
    for person in people:
        await engine.until_state(lock, person, SlotState.IN_SYNC)
    provider.disconnect()
    for _ in range(6):
        async with asyncio.timeout(1):
            answers = await engine.site.locks[lock].requests.async_verify()
        assert answers == {1: False, 2: False, 3: False}


@SHOWING
async def test_events_missed_while_away_are_found_by_reading(
    engine: EngineHarness, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()
    provider.delete_at_keypad(1, reported=False)
    await asyncio.sleep(1)
    provider.connect()

    await wait_for(lambda: provider.codes == {1: "907153"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)


@pytest.mark.parametrize("call", [Call.PROBE, Call.READ, Call.WRITE, Call.CLEAR])
async def test_closing_in_the_middle_of_a_call_leaves_nothing_behind(
    engine: EngineHarness, call: Call
) -> None:
    provider = FakeProvider()
    provider.hang(call)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    if call is Call.CLEAR:
        await engine.until_state(lock, ann, SlotState.IN_SYNC)
        engine.set_enabled(ann, False)
    await wait_for(lambda: any(each is call for each, _ in provider.calls))
    checking = asyncio.create_task(engine.site.locks[lock].requests.async_verify())

    await engine.close()

    async with asyncio.timeout(1):
        await checking
    assert live_timers(engine.hass) == []
    assert live_tasks() == []
    assert provider.listeners == 0
    calls = len(provider.calls)
    provider.release()
    provider.connect()
    provider.set_at_keypad(1, "9099")
    await engine.site.async_sync()
    await asyncio.sleep(0.05)
    assert len(provider.calls) == calls
    assert live_timers(engine.hass) == []
