"""Somebody is at the keypad: it is seen, reported once, and undone within bounds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.lock_events import SlotChanged
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ChangeKind, ResumeChoice
from tests.harness.claims import ClaimChecker
from tests.harness.engine.engine_claims import SlotStates
from tests.harness.engine.engine_harness import QUICK, EngineHarness
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.waiting import wait_for

SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
CODES = (AccessType.CODE_ADDED, AccessType.CODE_CHANGED, AccessType.CODE_REMOVED)


async def in_sync(engine: EngineHarness, provider: FakeProvider) -> tuple[str, str]:
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.until_echoes_are_over(lock)
    provider.calls.clear()
    return lock, ann


@SHOWING
async def test_all_codes_deleted_at_once_come_back(
    engine: EngineHarness, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock, ann = await in_sync(engine, provider)
    bob = await engine.add_person("Bob", "907253")
    await engine.until_state(lock, bob, SlotState.IN_SYNC)

    provider.delete_all_at_keypad()

    await wait_for(lambda: provider.codes == {1: "907153", 2: "907253"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.until_state(lock, bob, SlotState.IN_SYNC)
    assert sorted(engine.published(*CODES)) == [
        (AccessType.CODE_REMOVED, 1),
        (AccessType.CODE_REMOVED, 2),
    ]


@SHOWING
async def test_a_code_that_was_disabled_at_the_lock_is_found_by_reading(
    engine: EngineHarness, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock, ann = await in_sync(engine, provider)
    provider.disable_at_lock(1)

    assert await engine.site.locks[lock].requests.async_verify() == {1: True}
    await wait_for(lambda: provider.codes == {1: "907153"} and provider.held[1].enabled)
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert engine.published(*CODES) == [(AccessType.CODE_CHANGED, 1)]


async def test_a_change_is_undone_once_an_hour_at_most(engine: EngineHarness) -> None:
    provider = FakeProvider()
    lock, ann = await in_sync(engine, provider)
    provider.set_at_keypad(1, "9099")
    await wait_for(lambda: provider.codes == {1: "907153"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.until_echoes_are_over(lock)

    provider.set_at_keypad(1, "9098")

    view = await engine.until_state(lock, ann, SlotState.OUT_OF_SYNC)
    assert view.reason is Reason.CHANGED_AT_LOCK
    assert engine.snapshot(lock).has_problem
    await engine.until_idle()
    await engine.reopen()
    view = await engine.until_state(lock, ann, SlotState.OUT_OF_SYNC)
    await engine.until_idle()
    assert provider.codes == {1: "9098"}
    assert (
        engine.published(AccessType.CODE_CHANGED) == [(AccessType.CODE_CHANGED, 1)] * 2
    )


@SHOWING
async def test_a_change_is_undone_three_times_and_then_the_lock_keeps_it(
    engine: EngineHarness, profile: Profile
) -> None:
    engine.timing = replace(QUICK, restore_interval=timedelta(milliseconds=20))
    await engine.reopen()
    provider = FakeProvider(profile)
    lock, ann = await in_sync(engine, provider)
    for times in range(1, 4):
        await engine.until_echoes_are_over(lock)
        provider.set_at_keypad(1, f"909{times}")
        await wait_for(lambda: provider.codes == {1: "907153"})
        await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.until_echoes_are_over(lock)
    provider.set_at_keypad(1, "9099")

    view = await engine.until_state(lock, ann, SlotState.SUSPENDED)
    assert view.reason is Reason.CHANGED_REPEATEDLY
    await engine.until_idle()
    assert provider.codes == {1: "9099"}
    assert len(engine.published(*CODES)) == 4

    engine.resume(lock, ann, ResumeChoice.RETRY)
    await wait_for(lambda: provider.codes == {1: "907153"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)


async def test_events_in_unmanaged_slots_are_reported_and_left_alone(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider(codes={5: "9055"})
    await in_sync(engine, provider)

    provider.set_at_keypad(7, "9077")
    provider.delete_at_keypad(5)
    provider.emit(SlotChanged(8, ChangeKind.UNKNOWN))

    await wait_for(lambda: len(engine.published(*CODES)) == 3)
    assert engine.published(*CODES) == [
        (AccessType.CODE_ADDED, 7),
        (AccessType.CODE_REMOVED, 5),
        (AccessType.CODE_CHANGED, 8),
    ]
    assert all(event.person is None for event in engine.events)
    await engine.until_idle()
    assert provider.calls == []


@SHOWING
async def test_expected_reports_are_never_published_however_late(
    engine: EngineHarness, profile: Profile
) -> None:
    # after a removal the slot was nobody's, so that our own clear was reported as theirs
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.emit(SlotChanged(1, ChangeKind.SET))
    await engine.until_idle()
    engine.remove(ann)
    await wait_for(lambda: not engine.snapshot(lock).slots)
    provider.emit(SlotChanged(1, ChangeKind.CLEARED))
    provider.emit(SlotChanged(1, ChangeKind.UNKNOWN))
    await engine.until_idle()
    await engine.hass.async_block_till_done()
    assert engine.published(*CODES) == []

    provider.set_at_keypad(1, "9099")
    await wait_for(lambda: engine.published(*CODES) == [(AccessType.CODE_ADDED, 1)])


async def test_who_opens_with_a_code_that_took_the_place_of_ours_is_not_named(
    engine: EngineHarness, claims: ClaimChecker, slot_states: SlotStates
) -> None:
    provider = FakeProvider()
    lock, ann = await in_sync(engine, provider)

    # somebody else's code is in the slot, and not restored within the hour
    shown = slot_states[lock, 1]
    before = len(shown)
    provider.set_at_keypad(1, "9098")
    await wait_for(lambda: len(shown) > before)
    assert shown[before - 1] is SlotState.IN_SYNC
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.until_echoes_are_over(lock)
    provider.set_at_keypad(1, "9099")
    await engine.until_state(lock, ann, SlotState.OUT_OF_SYNC)
    engine.events.clear()
    provider.unlock_at_keypad(1)
    await wait_for(lambda: engine.events)
    assert engine.events[0].person is None
