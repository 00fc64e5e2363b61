"""What it costs: radio operations, disk writes, timers. Hard limits."""

import asyncio

import pytest

from custom_components.keyholder.model.slot import SlotState
from tests.harness.claims import ClaimChecker
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.waiting import wait_for

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
async def test_thirty_people_cost_thirty_writes_and_sixty_reads(
    engine: EngineHarness, claims: ClaimChecker, profile: Profile
) -> None:
    people = [
        await engine.add_person(f"{number}", f"9020{number:02}")
        for number in range(PEOPLE)
    ]
    provider = FakeProvider(profile, slots=PEOPLE)
    lock = engine.add_lock("Front", provider)
    await wait_for(lambda: lock in engine.site.locks)
    commits = engine.site.journal.commits

    for person in people:
        await engine.until_state(lock, person, SlotState.IN_SYNC)

    assert cost(provider) == (PEOPLE, 0, 2 * PEOPLE)
    assert len(provider.codes) == PEOPLE
    assert engine.site.journal.commits - commits <= 10


@SHOWING
async def test_a_code_is_shown_in_two_updates_and_five_slots_are_found_in_one(
    engine: EngineHarness, profile: Profile
) -> None:
    for number in range(PEOPLE):
        await engine.add_person(f"{number}", f"9020{number:02}")
    provider = FakeProvider(profile, slots=PEOPLE, connected=False)
    lock = engine.add_lock("Front", provider)
    await wait_for(lambda: lock in engine.site.locks)
    await wait_for(lambda: len(engine.snapshot(lock).unassigned) == PEOPLE)
    updates: list[int] = []
    engine.site.locks[lock].async_add_listener(
        lambda: updates.append(len(engine.snapshot(lock).slots))
    )

    provider.connect()
    await wait_for(lambda: engine.snapshot(lock).state == "in_sync")

    assert sorted(set(updates)) == [0, *range(5, PEOPLE + 1, 5)]
    assert len(updates) <= 2 * PEOPLE + PEOPLE // 5 + 2


@SHOWING
@pytest.mark.parametrize(("digits", "operations"), [("907154", {(1, 0, 1), (1, 1, 2)})])
async def test_a_new_pin_costs_one_write_and_one_read_or_two_if_masked(
    engine: EngineHarness,
    claims: ClaimChecker,
    profile: Profile,
    digits: str,
    operations: set[tuple[int, int, int]],
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    reset(provider)

    await engine.set_pin(ann, digits)
    await wait_for(lambda: provider.codes == {1: digits})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)

    expected = (1, 0, 1) if profile is Profile.READABLE else (1, 1, 2)
    assert cost(provider) == expected
    assert expected in operations


@SHOWING
async def test_the_same_pin_again_costs_nothing(
    engine: EngineHarness, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.site.journal.async_flush()
    reset(provider)
    commits = engine.site.journal.commits
    await engine.set_pin(ann, "907153")
    await engine.site.async_sync()
    await engine.until_idle()
    assert cost(provider) == (0, 0, 0)
    assert engine.site.journal.commits == commits


@SHOWING
async def test_a_removal_is_one_clear_and_one_read(
    engine: EngineHarness, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    reset(provider)

    engine.remove(ann)
    await wait_for(lambda: not engine.snapshot(lock).slots)
    assert cost(provider) == (0, 1, 1)


@EVERY
async def test_a_reload_without_a_change_writes_nothing_to_lock_or_disk(
    engine: EngineHarness, claims: ClaimChecker, profile: Profile, settled: SlotState
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider, slots=(1, 10))
    people = [await engine.add_person(name, f"90715{name}") for name in "123"]
    for person in people:
        await engine.until_state(lock, person, settled)
    reset(provider)

    await asyncio.sleep(1)
    await engine.reopen()
    await wait_for(lambda: engine.snapshot(lock).reachable)
    await engine.until_idle()
    assert provider.counts.writes == provider.counts.clears == 0
    assert engine.site.journal.commits == 0
    if settled is SlotState.IN_SYNC:
        # by and by, one after the other
        await wait_for(lambda: provider.counts.reads == 3)
    await engine.until_idle()
    await wait_for(
        lambda: not [name for name in live_timers(engine.hass) if "sweep" in name]
    )
    assert provider.counts.writes == provider.counts.clears == 0
    assert provider.counts.reads == (3 if settled is SlotState.IN_SYNC else 0)


@EVERY
async def test_there_is_no_timer_and_no_task_when_nothing_is_due(
    engine: EngineHarness, profile: Profile, settled: SlotState
) -> None:
    providers = [FakeProvider(profile) for _ in range(3)]
    locks = [
        engine.add_lock(f"{number}", provider, slots=(1, 10))
        for number, provider in enumerate(providers)
    ]
    people = [await engine.add_person(name, f"90715{name}") for name in "12"]
    for lock in locks:
        for person in people:
            await engine.until_state(lock, person, settled)
    await engine.site.journal.async_flush()
    await engine.site.vault.async_flush()

    await wait_for(lambda: live_timers(engine.hass) == [] and live_tasks() == [])
    spent = [provider.counts.total for provider in providers]
    commits = engine.site.journal.commits
    await asyncio.sleep(engine.timing.write_window.total_seconds())
    assert [provider.counts.total for provider in providers] == spent
    assert engine.site.journal.commits == commits


async def test_a_closed_site_has_no_timer_and_no_task(engine: EngineHarness) -> None:
    provider = FakeProvider()
    provider.faults.silent_reads = True
    engine.add_lock("Front", provider)
    await engine.add_person("Ann", "907153")
    await wait_for(lambda: provider.counts.reads)
    await engine.close()
    assert live_timers(engine.hass) == []
    assert live_tasks() == []
    assert provider.listeners == 0


@SHOWING
async def test_a_pin_edit_publishes_a_lock_five_times_at_most(
    engine: EngineHarness, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    published: list[SlotState | None] = []
    stop = engine.site.locks[lock].async_add_listener(
        lambda: published.append(engine.state(lock, ann))
    )
    await engine.set_pin(ann, "907154")
    await wait_for(lambda: provider.codes == {1: "907154"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.until_idle()
    stop()
    if profile is Profile.READABLE:
        assert len(published) <= 5
    else:
        # a masked change is two operations
        assert len(published) <= 9
