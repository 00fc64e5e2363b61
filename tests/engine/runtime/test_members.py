"""People and locks come, change and go."""

import pytest

from custom_components.keyholder.model.credential import PersonStatus
from custom_components.keyholder.model.slot import Reason, SlotState
from tests.harness.claims import ClaimChecker
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.waiting import wait_for

EVERY = pytest.mark.parametrize(
    ("profile", "settled"),
    [
        (Profile.READABLE, SlotState.IN_SYNC),
        (Profile.MASKING, SlotState.IN_SYNC),
        (Profile.WRITE_ONLY, SlotState.ACCEPTED),
    ],
)


@EVERY
async def test_a_person_has_a_code_on_the_chosen_locks_only(
    engine: EngineHarness, claims: ClaimChecker, profile: Profile, settled: SlotState
) -> None:
    providers = [FakeProvider(profile) for _ in range(3)]
    back, front, side = (
        engine.add_lock(name, provider, slots=(1, 5))
        for name, provider in zip(("Back", "Front", "Side"), providers, strict=True)
    )
    ann = await engine.add_person("Ann", "907153", back, front)
    for lock in (back, front):
        await engine.until_state(lock, ann, settled)
    await engine.until_idle()
    assert [each.codes for each in providers] == [{1: "907153"}, {1: "907153"}, {}]
    for each in providers:
        each.counts.writes = each.counts.clears = 0

    engine.set_data(ann, locks=[front, side])
    await engine.until_state(side, ann, settled)
    await wait_for(lambda: engine.view(back, ann) is None)
    assert [each.codes for each in providers] == [{}, {1: "907153"}, {1: "907153"}]
    assert [each.counts.writes for each in providers] == [0, 0, 1]
    assert providers[1].counts.clears == 0


async def test_a_lock_that_comes_later_gets_everybody_who_has_all_locks(
    engine: EngineHarness, claims: ClaimChecker
) -> None:
    front = engine.add_lock("Front", FakeProvider())
    ann = await engine.add_person("Ann", "907153")
    bob = await engine.add_person("Bob", "907253", front)
    for person in (ann, bob):
        await engine.until_state(front, person, SlotState.IN_SYNC)

    late = FakeProvider()
    back = engine.add_lock("Back", late)
    await engine.until_state(back, ann, SlotState.IN_SYNC)
    await engine.until_idle()
    assert late.codes == {1: "907153"}


async def test_people_who_come_at_the_same_time_get_a_slot_each(
    engine: EngineHarness, claims: ClaimChecker
) -> None:
    provider = FakeProvider(codes={2: "9022"})
    ann = await engine.add_person("Ann", "907153")
    bob = await engine.add_person("Bob", "907253")
    lock = engine.add_lock("Front", provider)
    for person in (ann, bob):
        await engine.until_state(lock, person, SlotState.IN_SYNC)
    assert sorted(provider.codes.items()) == [
        (1, "907153"),
        (2, "9022"),
        (3, "907253"),
    ]


@EVERY
async def test_only_slots_in_the_users_range_are_used_and_read(
    engine: EngineHarness, profile: Profile, settled: SlotState
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider, slots=(4, 5))
    people = [await engine.add_person(name, f"90715{name}") for name in "123"]
    for person in people[:2]:
        await engine.until_state(lock, person, settled)
    await wait_for(
        lambda: Reason.NO_FREE_SLOT in engine.snapshot(lock).unassigned.values()
    )
    assert sorted(provider.codes) == [4, 5]
    assert {slot for _, slot in provider.calls if slot is not None} == {4, 5}
    assert engine.site.status(engine.site.people[people[2]]) is PersonStatus.ATTENTION

    engine.set_data(f"lock_{lock}", last_slot=20)
    await engine.until_state(lock, people[2], settled)
    assert sorted(provider.codes) == [4, 5, 6]


async def test_a_slot_is_for_good_and_a_free_one_goes_to_the_next(
    engine: EngineHarness, claims: ClaimChecker
) -> None:
    provider = FakeProvider(slots=2)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    bob = await engine.add_person("Bob", "907253")
    eve = await engine.add_person("Eve", "907353")
    await engine.until_state(lock, bob, SlotState.IN_SYNC)
    await wait_for(lambda: engine.snapshot(lock).unassigned)

    engine.set_enabled(bob, False)
    await wait_for(lambda: provider.codes == {1: "907153"})
    await engine.until_idle()
    assert engine.view(lock, eve) is None  # switched off is not gone

    engine.remove(ann)
    view = await engine.until_state(lock, eve, SlotState.IN_SYNC)
    assert view.slot == 1
    assert provider.codes == {1: "907353"}


@EVERY
async def test_a_lock_that_is_removed_and_added_again_is_not_written(
    engine: EngineHarness, claims: ClaimChecker, profile: Profile, settled: SlotState
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider, slots=(1, 5))
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, settled)
    provider.counts.writes = provider.counts.clears = 0
    engine.remove(f"lock_{lock}")
    await wait_for(lambda: lock not in engine.site.locks)
    assert provider.listeners == 0
    await wait_for(
        lambda: live_timers(engine.hass) == [] or settled is SlotState.IN_SYNC
    )

    engine.add_lock("Front", provider, slots=(1, 5))
    await engine.until_state(lock, ann, settled)
    await engine.until_idle()
    assert provider.codes == {1: "907153"}
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)


async def test_a_person_removed_meanwhile_is_cleared_when_managed_again(
    engine: EngineHarness, claims: ClaimChecker
) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    engine.remove(f"lock_{lock}")
    await wait_for(lambda: lock not in engine.site.locks)
    engine.remove(ann)
    await wait_for(lambda: ann not in engine.site.people)
    # its code is still on the lock, so that its PIN has to be known
    assert ann in {ref.person for ref in engine.site.vault.credentials}
    assert provider.codes == {1: "907153"}

    engine.add_lock("Front", provider)
    await wait_for(lambda: provider.codes == {})
    await wait_for(
        lambda: ann not in {ref.person for ref in engine.site.vault.credentials}
    )


@pytest.mark.parametrize("away", [False, True])
@EVERY
async def test_codes_of_a_lock_that_is_no_longer_managed_are_cleared_on_request(
    engine: EngineHarness, profile: Profile, settled: SlotState, away: bool
) -> None:
    provider = FakeProvider(profile, codes={5: "9055"})
    lock = engine.add_lock("Front", provider, slots=(1, 4))
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, settled)
    engine.remove(f"lock_{lock}")
    await wait_for(lambda: lock not in engine.site.locks)
    assert provider.codes == {1: "907153", 5: "9055"}
    if away:
        provider.disconnect()

    await engine.site.async_clear_removed_lock(lock)
    if away:
        await engine.until_idle()
        await engine.reopen()
        assert lock in engine.site.removed_locks
        provider.connect()

    await wait_for(lambda: lock not in engine.site.journal.entries)
    assert provider.codes == {5: "9055"}
    assert not engine.site.removed_locks
    await wait_for(lambda: provider.listeners == 0 and not live_tasks())
    await wait_for(lambda: live_timers(engine.hass) == [])


async def test_a_lock_whose_codes_stay_is_forgotten(engine: EngineHarness) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.site.async_forget_removed_lock(lock)
    assert lock in engine.site.journal.entries

    engine.remove(f"lock_{lock}")
    await wait_for(lambda: lock not in engine.site.locks)
    await engine.site.async_forget_removed_lock(lock)
    assert lock not in engine.site.journal.entries
    assert provider.codes == {1: "907153"}


async def test_nobody_has_left_as_long_as_a_lock_is_not_open_yet(
    engine: EngineHarness,
) -> None:
    # at a start the first lock found everybody gone who was on the second one only
    front, back = FakeProvider(), FakeProvider()
    first = engine.add_lock("Back", back)
    second = engine.add_lock("Front", front)
    ann = await engine.add_person("Ann", "907153", second)
    await engine.until_state(second, ann, SlotState.IN_SYNC)
    front.disconnect()
    await engine.close()
    former = engine.site.locks.pop(second)
    try:
        assert first in engine.site.locks
        assert not engine.site.is_cleared_everywhere(ann)
    finally:
        engine.site.locks[second] = former
    await engine.open()


async def test_the_entity_of_a_lock_may_be_gone(engine: EngineHarness) -> None:
    from homeassistant.helpers import entity_registry as er

    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.close()
    registry = er.async_get(engine.hass)
    entity = next(each for each in registry.entities.values() if each.id == lock)
    registry.async_remove(entity.entity_id)

    await engine.open()
    view = engine.view(lock, ann)
    assert view is not None
    assert view.state is SlotState.IN_SYNC
    assert not engine.snapshot(lock).reachable
    assert await engine.site.locks[lock].requests.async_verify() == {1: False}
