"""Somebody is at the keypad: it is seen, told once, and undone within bounds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.lock_events import SlotChanged
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ChangeKind, ResumeChoice
from tests.fakes.provider import FakeProvider, Profile
from tests.waiting import until

from .house import QUICK, House
from .truth import Truth

SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
CODES = (AccessType.CODE_ADDED, AccessType.CODE_CHANGED, AccessType.CODE_REMOVED)


async def in_sync(house: House, provider: FakeProvider) -> tuple[str, str]:
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.until_echoes_are_over(lock)
    provider.calls.clear()
    return lock, ann


@SHOWING
async def test_all_codes_deleted_at_once_come_back(
    house: House, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock, ann = await in_sync(house, provider)
    bob = await house.add_person("Bob", "907253")
    await house.until_state(lock, bob, SlotState.IN_SYNC)

    provider.delete_all_at_keypad()

    await until(lambda: provider.codes == {1: "907153", 2: "907253"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.until_state(lock, bob, SlotState.IN_SYNC)
    assert sorted(house.told(*CODES)) == [
        (AccessType.CODE_REMOVED, 1),
        (AccessType.CODE_REMOVED, 2),
    ]


@SHOWING
async def test_a_code_that_was_disabled_at_the_lock_is_found_by_reading(
    house: House, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock, ann = await in_sync(house, provider)
    provider.disable_at_lock(1)

    assert await house.site.locks[lock].async_verify() == {1: True}
    await until(lambda: provider.codes == {1: "907153"} and provider.held[1].enabled)
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert house.told(*CODES) == [(AccessType.CODE_CHANGED, 1)]


async def test_a_change_is_undone_once_an_hour_at_most(house: House) -> None:
    provider = FakeProvider()
    lock, ann = await in_sync(house, provider)
    provider.set_at_keypad(1, "9099")
    await until(lambda: provider.codes == {1: "907153"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.until_echoes_are_over(lock)

    provider.set_at_keypad(1, "9098")

    view = await house.until_state(lock, ann, SlotState.OUT_OF_SYNC)
    assert view.reason is Reason.CHANGED_AT_LOCK
    assert house.snapshot(lock).has_problem
    await house.until_idle()
    await house.reopen()
    view = await house.until_state(lock, ann, SlotState.OUT_OF_SYNC)
    await house.until_idle()
    assert provider.codes == {1: "9098"}
    assert house.told(AccessType.CODE_CHANGED) == [(AccessType.CODE_CHANGED, 1)] * 2


@SHOWING
async def test_a_change_is_undone_three_times_and_then_the_lock_keeps_it(
    house: House, profile: Profile
) -> None:
    house.timing = replace(QUICK, restore_interval=timedelta(milliseconds=20))
    await house.reopen()
    provider = FakeProvider(profile)
    lock, ann = await in_sync(house, provider)
    for times in range(1, 4):
        await house.until_echoes_are_over(lock)
        provider.set_at_keypad(1, f"909{times}")
        await until(lambda: provider.codes == {1: "907153"})
        await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.until_echoes_are_over(lock)
    provider.set_at_keypad(1, "9099")

    view = await house.until_state(lock, ann, SlotState.SUSPENDED)
    assert view.reason is Reason.CHANGED_REPEATEDLY
    await house.until_idle()
    assert provider.codes == {1: "9099"}
    assert len(house.told(*CODES)) == 4

    house.resume(lock, ann, ResumeChoice.RETRY)
    await until(lambda: provider.codes == {1: "907153"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)


async def test_what_happens_in_slots_that_are_not_ours_is_told_and_touched_by_nobody(
    house: House,
) -> None:
    provider = FakeProvider(codes={5: "9055"})
    await in_sync(house, provider)

    provider.set_at_keypad(7, "9077")
    provider.delete_at_keypad(5)
    provider.emit(SlotChanged(8, ChangeKind.UNKNOWN))

    await until(lambda: len(house.told(*CODES)) == 3)
    assert house.told(*CODES) == [
        (AccessType.CODE_ADDED, 7),
        (AccessType.CODE_REMOVED, 5),
        (AccessType.CODE_CHANGED, 8),
    ]
    assert all(event.person is None for event in house.events)
    await house.until_idle()
    assert provider.calls == []


@SHOWING
async def test_our_own_operations_are_told_to_nobody_however_late_they_echo(
    house: House, profile: Profile
) -> None:
    # after a removal the slot was nobody's, so that our own clear was told as theirs
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.emit(SlotChanged(1, ChangeKind.SET))
    await house.until_idle()
    house.remove(ann)
    await until(lambda: not house.snapshot(lock).slots)
    provider.emit(SlotChanged(1, ChangeKind.CLEARED))
    provider.emit(SlotChanged(1, ChangeKind.UNKNOWN))
    await house.until_idle()
    await house.hass.async_block_till_done()
    assert house.told(*CODES) == []

    provider.set_at_keypad(1, "9099")
    await until(lambda: house.told(*CODES) == [(AccessType.CODE_ADDED, 1)])


async def test_who_opens_with_a_code_that_took_the_place_of_ours_is_not_named(
    house: House, truth: Truth
) -> None:
    provider = FakeProvider()
    lock, ann = await in_sync(house, provider)

    # somebody else's code is in the slot, and not restored within the hour
    shown = truth.states[lock, 1]
    before = len(shown)
    provider.set_at_keypad(1, "9098")
    await until(lambda: len(shown) > before)
    assert shown[before - 1] is SlotState.IN_SYNC
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.until_echoes_are_over(lock)
    provider.set_at_keypad(1, "9099")
    await house.until_state(lock, ann, SlotState.OUT_OF_SYNC)
    house.events.clear()
    provider.unlock_at_keypad(1)
    await until(lambda: house.events)
    assert house.events[0].person is None
