"""What it costs: radio operations, disk writes, timers. Hard limits."""

import asyncio

import pytest

from custom_components.keyholder.model.slot import SlotState
from tests.fakes.provider import FakeProvider, Profile
from tests.waiting import until

from .house import House
from .idle import tasks, timers
from .truth import Truth

PEOPLE = 30
SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
EVERY = pytest.mark.parametrize(
    ("profile", "settled"),
    [
        (Profile.READABLE, SlotState.IN_SYNC),
        (Profile.MASKING, SlotState.IN_SYNC),
        (Profile.WRITE_ONLY, SlotState.ACCEPTED),
    ],
)


def reset(provider: FakeProvider) -> None:
    provider.counts.reads = provider.counts.writes = provider.counts.clears = 0


def cost(provider: FakeProvider) -> tuple[int, int, int]:
    counts = provider.counts
    return counts.writes, counts.clears, counts.reads


@SHOWING
async def test_thirty_people_are_thirty_writes_and_sixty_reads_and_few_disk_writes(
    house: House, truth: Truth, profile: Profile
) -> None:
    people = [
        await house.add_person(f"{number}", f"9020{number:02}")
        for number in range(PEOPLE)
    ]
    provider = FakeProvider(profile, slots=PEOPLE)
    lock = house.add_lock("Front", provider)
    await until(lambda: lock in house.site.locks)
    commits = house.site.journal.commits

    for person in people:
        await house.until_state(lock, person, SlotState.IN_SYNC)

    assert cost(provider) == (PEOPLE, 0, 2 * PEOPLE)
    assert len(provider.codes) == PEOPLE
    assert house.site.journal.commits - commits <= 10


@SHOWING
async def test_a_code_is_shown_in_two_updates_and_five_slots_are_found_in_one(
    house: House, profile: Profile
) -> None:
    for number in range(PEOPLE):
        await house.add_person(f"{number}", f"9020{number:02}")
    provider = FakeProvider(profile, slots=PEOPLE, connected=False)
    lock = house.add_lock("Front", provider)
    await until(lambda: lock in house.site.locks)
    await until(lambda: len(house.snapshot(lock).unassigned) == PEOPLE)
    updates: list[int] = []
    house.site.locks[lock].async_add_listener(
        lambda: updates.append(len(house.snapshot(lock).slots))
    )

    provider.connect()
    await until(lambda: house.snapshot(lock).state == "in_sync")

    assert sorted(set(updates)) == [0, *range(5, PEOPLE + 1, 5)]
    assert len(updates) <= 2 * PEOPLE + PEOPLE // 5 + 2


@SHOWING
@pytest.mark.parametrize(("digits", "operations"), [("907154", {(1, 0, 1), (1, 1, 2)})])
async def test_a_new_pin_is_one_write_and_one_read_or_two_of_each_where_it_is_masked(
    house: House,
    truth: Truth,
    profile: Profile,
    digits: str,
    operations: set[tuple[int, int, int]],
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    reset(provider)

    await house.set_pin(ann, digits)
    await until(lambda: provider.codes == {1: digits})
    await house.until_state(lock, ann, SlotState.IN_SYNC)

    expected = (1, 0, 1) if profile is Profile.READABLE else (1, 1, 2)
    assert cost(provider) == expected
    assert expected in operations


@SHOWING
async def test_the_same_pin_again_costs_nothing(house: House, profile: Profile) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.site.journal.async_flush()
    reset(provider)
    commits = house.site.journal.commits
    await house.set_pin(ann, "907153")
    await house.site.async_sync()
    await house.until_idle()
    assert cost(provider) == (0, 0, 0)
    assert house.site.journal.commits == commits


@SHOWING
async def test_a_removal_is_one_clear_and_one_read(
    house: House, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    reset(provider)

    house.remove(ann)
    await until(lambda: not house.snapshot(lock).slots)
    assert cost(provider) == (0, 1, 1)


@EVERY
async def test_nothing_is_written_to_lock_or_disk_after_a_reload_without_a_change(
    house: House, truth: Truth, profile: Profile, settled: SlotState
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider, slots=(1, 10))
    people = [await house.add_person(name, f"90715{name}") for name in "123"]
    for person in people:
        await house.until_state(lock, person, settled)
    reset(provider)

    await asyncio.sleep(1)
    await house.reopen()
    await until(lambda: house.snapshot(lock).reachable)
    await house.until_idle()
    assert provider.counts.writes == provider.counts.clears == 0
    assert house.site.journal.commits == 0
    if settled is SlotState.IN_SYNC:
        # by and by, one after the other
        await until(lambda: provider.counts.reads == 3)
    await house.until_idle()
    await until(lambda: not [name for name in timers(house.hass) if "sweep" in name])
    assert provider.counts.writes == provider.counts.clears == 0
    assert provider.counts.reads == (3 if settled is SlotState.IN_SYNC else 0)


@EVERY
async def test_there_is_no_timer_and_no_task_when_nothing_is_due(
    house: House, profile: Profile, settled: SlotState
) -> None:
    providers = [FakeProvider(profile) for _ in range(3)]
    locks = [
        house.add_lock(f"{number}", provider, slots=(1, 10))
        for number, provider in enumerate(providers)
    ]
    people = [await house.add_person(name, f"90715{name}") for name in "12"]
    for lock in locks:
        for person in people:
            await house.until_state(lock, person, settled)
    await house.site.journal.async_flush()
    await house.site.vault.async_flush()

    await until(lambda: timers(house.hass) == [] and tasks() == [])
    spent = [provider.counts.total for provider in providers]
    commits = house.site.journal.commits
    await asyncio.sleep(house.timing.write_window.total_seconds())
    assert [provider.counts.total for provider in providers] == spent
    assert house.site.journal.commits == commits


async def test_a_closed_house_has_no_timer_and_no_task(house: House) -> None:
    provider = FakeProvider()
    provider.faults.silent_reads = True
    house.add_lock("Front", provider)
    await house.add_person("Ann", "907153")
    await until(lambda: provider.counts.reads)
    await house.close()
    assert timers(house.hass) == []
    assert tasks() == []
    assert provider.listeners == 0


@SHOWING
async def test_a_pin_edit_publishes_a_lock_five_times_at_most(
    house: House, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    published: list[SlotState | None] = []
    stop = house.site.locks[lock].async_add_listener(
        lambda: published.append(house.state(lock, ann))
    )
    await house.set_pin(ann, "907154")
    await until(lambda: provider.codes == {1: "907154"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.until_idle()
    stop()
    if profile is Profile.READABLE:
        assert len(published) <= 5
    else:
        # a masked change is two operations
        assert len(published) <= 9
