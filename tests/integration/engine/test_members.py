"""People and locks come, change and go."""

import pytest

from custom_components.keyholder.model.credential import PersonStatus
from custom_components.keyholder.model.slot import Reason, SlotState
from tests.fakes.provider import FakeProvider, Profile
from tests.waiting import until

from .house import House
from .idle import tasks, timers
from .truth import Truth

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
    house: House, truth: Truth, profile: Profile, settled: SlotState
) -> None:
    providers = [FakeProvider(profile) for _ in range(3)]
    back, front, side = (
        house.add_lock(name, provider, slots=(1, 5))
        for name, provider in zip(("Back", "Front", "Side"), providers, strict=True)
    )
    ann = await house.add_person("Ann", "907153", back, front)
    for lock in (back, front):
        await house.until_state(lock, ann, settled)
    await house.until_idle()
    assert [each.codes for each in providers] == [{1: "907153"}, {1: "907153"}, {}]
    for each in providers:
        each.counts.writes = each.counts.clears = 0

    house.set_data(ann, locks=[front, side])
    await house.until_state(side, ann, settled)
    await until(lambda: house.view(back, ann) is None)
    assert [each.codes for each in providers] == [{}, {1: "907153"}, {1: "907153"}]
    assert [each.counts.writes for each in providers] == [0, 0, 1]
    assert providers[1].counts.clears == 0


async def test_a_lock_that_comes_later_gets_everybody_who_has_all_locks(
    house: House, truth: Truth
) -> None:
    front = house.add_lock("Front", FakeProvider())
    ann = await house.add_person("Ann", "907153")
    bob = await house.add_person("Bob", "907253", front)
    for person in (ann, bob):
        await house.until_state(front, person, SlotState.IN_SYNC)

    late = FakeProvider()
    back = house.add_lock("Back", late)
    await house.until_state(back, ann, SlotState.IN_SYNC)
    await house.until_idle()
    assert late.codes == {1: "907153"}


async def test_people_who_come_at_the_same_time_get_a_slot_each(
    house: House, truth: Truth
) -> None:
    provider = FakeProvider(codes={2: "9022"})
    ann = await house.add_person("Ann", "907153")
    bob = await house.add_person("Bob", "907253")
    lock = house.add_lock("Front", provider)
    for person in (ann, bob):
        await house.until_state(lock, person, SlotState.IN_SYNC)
    assert sorted(provider.codes.items()) == [
        (1, "907153"),
        (2, "9022"),
        (3, "907253"),
    ]


@EVERY
async def test_only_slots_in_the_users_range_are_used_and_read(
    house: House, profile: Profile, settled: SlotState
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider, slots=(4, 5))
    people = [await house.add_person(name, f"90715{name}") for name in "123"]
    for person in people[:2]:
        await house.until_state(lock, person, settled)
    await until(lambda: Reason.NO_FREE_SLOT in house.snapshot(lock).unassigned.values())
    assert sorted(provider.codes) == [4, 5]
    assert {slot for _, slot in provider.calls if slot is not None} == {4, 5}
    assert house.site.status(house.site.people[people[2]]) is PersonStatus.ATTENTION

    house.set_data(f"lock_{lock}", last_slot=20)
    await house.until_state(lock, people[2], settled)
    assert sorted(provider.codes) == [4, 5, 6]


async def test_a_slot_is_for_good_and_a_free_one_goes_to_the_next(
    house: House, truth: Truth
) -> None:
    provider = FakeProvider(slots=2)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    bob = await house.add_person("Bob", "907253")
    eve = await house.add_person("Eve", "907353")
    await house.until_state(lock, bob, SlotState.IN_SYNC)
    await until(lambda: house.snapshot(lock).unassigned)

    house.set_enabled(bob, False)
    await until(lambda: provider.codes == {1: "907153"})
    await house.until_idle()
    assert house.view(lock, eve) is None  # switched off is not gone

    house.remove(ann)
    view = await house.until_state(lock, eve, SlotState.IN_SYNC)
    assert view.slot == 1
    assert provider.codes == {1: "907353"}


@EVERY
async def test_a_lock_that_is_removed_and_added_again_is_not_written(
    house: House, truth: Truth, profile: Profile, settled: SlotState
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider, slots=(1, 5))
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, settled)
    provider.counts.writes = provider.counts.clears = 0
    house.remove(f"lock_{lock}")
    await until(lambda: lock not in house.site.locks)
    assert provider.listeners == 0
    await until(lambda: timers(house.hass) == [] or settled is SlotState.IN_SYNC)

    house.add_lock("Front", provider, slots=(1, 5))
    await house.until_state(lock, ann, settled)
    await house.until_idle()
    assert provider.codes == {1: "907153"}
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)


async def test_who_left_while_a_lock_was_not_managed_is_taken_off_when_it_is_again(
    house: House, truth: Truth
) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    house.remove(f"lock_{lock}")
    await until(lambda: lock not in house.site.locks)
    house.remove(ann)
    await until(lambda: ann not in house.site.people)
    # its code is still on the lock, so that its PIN has to be known
    assert ann in {ref.person for ref in house.site.vault.credentials}
    assert provider.codes == {1: "907153"}

    house.add_lock("Front", provider)
    await until(lambda: provider.codes == {})
    await until(lambda: ann not in {ref.person for ref in house.site.vault.credentials})


@pytest.mark.parametrize("away", [False, True])
@EVERY
async def test_codes_of_a_lock_that_is_no_longer_managed_are_cleared_on_request(
    house: House, profile: Profile, settled: SlotState, away: bool
) -> None:
    provider = FakeProvider(profile, codes={5: "9055"})
    lock = house.add_lock("Front", provider, slots=(1, 4))
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, settled)
    house.remove(f"lock_{lock}")
    await until(lambda: lock not in house.site.locks)
    assert provider.codes == {1: "907153", 5: "9055"}
    if away:
        provider.disconnect()

    await house.site.async_clear_removed_lock(lock)
    if away:
        await house.until_idle()
        await house.reopen()
        assert lock in house.site.removed_locks
        provider.connect()

    await until(lambda: lock not in house.site.journal.pages)
    assert provider.codes == {5: "9055"}
    assert not house.site.removed_locks
    await until(lambda: provider.listeners == 0 and not tasks())
    await until(lambda: timers(house.hass) == [])


async def test_a_lock_whose_codes_stay_is_forgotten(house: House) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.site.async_forget_removed_lock(lock)
    assert lock in house.site.journal.pages

    house.remove(f"lock_{lock}")
    await until(lambda: lock not in house.site.locks)
    await house.site.async_forget_removed_lock(lock)
    assert lock not in house.site.journal.pages
    assert provider.codes == {1: "907153"}


async def test_nobody_has_left_as_long_as_a_lock_is_not_open_yet(
    house: House,
) -> None:
    # at a start the first lock found everybody gone who was on the second one only
    front, back = FakeProvider(), FakeProvider()
    first = house.add_lock("Back", back)
    second = house.add_lock("Front", front)
    ann = await house.add_person("Ann", "907153", second)
    await house.until_state(second, ann, SlotState.IN_SYNC)
    front.disconnect()
    await house.close()
    former = house.site.locks.pop(second)
    try:
        assert first in house.site.locks
        assert not house.site.is_cleared_everywhere(ann)
    finally:
        house.site.locks[second] = former
    await house.open()


async def test_the_entity_of_a_lock_may_be_gone(house: House) -> None:
    from homeassistant.helpers import entity_registry as er

    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.close()
    registry = er.async_get(house.hass)
    entity = next(each for each in registry.entities.values() if each.id == lock)
    registry.async_remove(entity.entity_id)

    await house.open()
    view = house.view(lock, ann)
    assert view is not None
    assert view.state is SlotState.IN_SYNC
    assert not house.snapshot(lock).reachable
    assert await house.site.locks[lock].async_verify() == {1: False}
