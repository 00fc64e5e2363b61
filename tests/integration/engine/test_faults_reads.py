"""Reads that bring nothing, and locks that cannot be reached: unknown is not empty."""

import asyncio

import pytest

from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    LockUnreachableError,
)
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.waiting import until

from .house import House, our_log
from .idle import tasks, timers
from .truth import Truth

SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


@SHOWING
async def test_a_read_that_fails_takes_nothing_from_what_is_known(
    house: House, truth: Truth, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    before = await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.counts.writes = 0

    provider.faults.silent_reads = True
    assert await house.site.locks[lock].async_verify() == {1: False}
    view = house.view(lock, ann)
    assert view is not None
    assert (view.state, view.verified_at) == (SlotState.IN_SYNC, before.verified_at)

    provider.faults.silent_reads = False
    await until(lambda: (view := house.view(lock, ann)) and view != before)
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)


async def test_a_lock_that_cannot_be_probed_at_first_is_tried_again_by_itself(
    house: House,
) -> None:
    # who was asleep when Home Assistant started was never asked again
    provider = FakeProvider()
    provider.faults.unreachable = 2
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")

    await house.until_state(lock, ann, SlotState.IN_SYNC)


@pytest.mark.parametrize("error", [IncompatibleLibraryError("x"), ValueError("907153")])
async def test_a_probe_that_fails_is_shown_contained_and_tried_again(
    house: House, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    provider = FakeProvider()
    provider.faults.breaks = error
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await until(lambda: provider.calls.count((Call.PROBE, None)) > 1)
    snapshot = house.snapshot(lock)
    assert not snapshot.reachable
    assert snapshot.incompatible is isinstance(error, IncompatibleLibraryError)
    assert not any("907153" in line for line in our_log(caplog))

    provider.faults.breaks = None
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert not house.snapshot(lock).incompatible


async def test_a_form_that_finds_the_lock_silent_does_not_leave_it_out_of_reach(
    house: House,
) -> None:
    # nothing was due on the lock, so nothing tried it again
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    await until(lambda: house.snapshot(lock).reachable)
    provider.faults.unreachable = 1
    with pytest.raises(LockUnreachableError):
        await house.site.locks[lock].async_check_capacity()
    await until(lambda: not house.snapshot(lock).reachable)

    await until(lambda: house.snapshot(lock).reachable)


async def test_who_verifies_a_lock_out_of_reach_is_answered_at_once(
    house: House,
) -> None:
    # the second slot waited for the next try, half an hour at worst
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    people = [await house.add_person(name, f"90715{name}") for name in "123"]
    for person in people:
        await house.until_state(lock, person, SlotState.IN_SYNC)
    provider.disconnect()
    for _ in range(6):
        async with asyncio.timeout(1):
            answers = await house.site.locks[lock].async_verify()
        assert answers == {1: False, 2: False, 3: False}


@SHOWING
async def test_events_missed_while_away_are_found_by_reading(
    house: House, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()
    provider.delete_at_keypad(1, told=False)
    await asyncio.sleep(1)
    provider.connect()

    await until(lambda: provider.codes == {1: "907153"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)


@pytest.mark.parametrize("call", [Call.PROBE, Call.READ, Call.WRITE, Call.CLEAR])
async def test_a_house_that_closes_in_the_middle_of_a_call_leaves_nothing_behind(
    house: House, call: Call
) -> None:
    provider = FakeProvider()
    provider.hang(call)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    if call is Call.CLEAR:
        await house.until_state(lock, ann, SlotState.IN_SYNC)
        house.set_enabled(ann, False)
    await until(lambda: any(each is call for each, _ in provider.calls))
    checking = asyncio.create_task(house.site.locks[lock].async_verify())

    await house.close()

    async with asyncio.timeout(1):
        await checking
    assert timers(house.hass) == []
    assert tasks() == []
    assert provider.listeners == 0
    calls = len(provider.calls)
    provider.release()
    provider.connect()
    provider.set_at_keypad(1, "9099")
    await house.site.async_sync()
    await asyncio.sleep(0.05)
    assert len(provider.calls) == calls
    assert timers(house.hass) == []
