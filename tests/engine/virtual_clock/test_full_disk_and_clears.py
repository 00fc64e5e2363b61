"""A clear that only makes room for a write waits for the disk; one that revokes does not.

Clause 16.7: sent without being on disk, it was reported after the next start as a code
that somebody had removed.
"""

import asyncio

import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.slot import SlotState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.disk_faults import disk_that, no_space
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import Counts, FakeProvider, Profile

HOUR = 3600.0


async def with_a_new_pin_to_write(
    engine: EngineHarness, door: FakeProvider
) -> tuple[str, str]:
    """Let a PIN be changed and stored while the lock is away; return lock and person."""
    lock = engine.add_lock("Front", door)
    ann = await engine.add_person("Ann", "907153")
    await asyncio.sleep(HOUR)
    assert engine.state(lock, ann) is SlotState.IN_SYNC
    door.disconnect()
    await engine.set_pin(ann, "907154")
    await asyncio.sleep(60)
    # a clear may have been tried before it was known that the lock is away
    door.counts = Counts()
    return lock, ann


def test_the_former_code_stays_until_its_clear_is_on_disk() -> None:
    """Clause 16.7: it waits, and asks the lock nothing meanwhile."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            door = FakeProvider(Profile.MASKING)
            lock, ann = await with_a_new_pin_to_write(engine, door)
            with disk_that(no_space):
                door.connect()
                await asyncio.sleep(HOUR / 2)
                assert door.counts.clears == 0
                assert door.codes == {1: "907153"}
                assert door.counts.reads <= 8
            await asyncio.sleep(180)
            assert door.codes == {1: "907154"}
            assert (door.counts.clears, door.counts.writes) == (1, 1)
            assert engine.state(lock, ann) is SlotState.IN_SYNC

    run_on_virtual_clock(scenario())


def test_after_a_full_disk_nobody_is_said_to_have_removed_a_code() -> None:
    """Clause 16.7: the disk stays full up to the next start."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            door = FakeProvider(Profile.MASKING)
            lock, ann = await with_a_new_pin_to_write(engine, door)
            with disk_that(no_space):
                door.connect()
                await asyncio.sleep(HOUR / 2)
                await engine.close()
            await engine.open()
            await asyncio.sleep(HOUR)
            assert (
                engine.published(
                    AccessType.CODE_REMOVED,
                    AccessType.CODE_CHANGED,
                    AccessType.CODE_ADDED,
                )
                == []
            )
            assert engine.state(lock, ann) is SlotState.IN_SYNC

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_a_clear_that_revokes_does_not_wait(profile: Profile) -> None:
    """Clause 16.7: no failure elsewhere delays taking access away."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            door = FakeProvider(profile)
            engine.add_lock("Front", door)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            with disk_that(no_space):
                engine.set_enabled(ann, False)
                await asyncio.sleep(5)
                assert door.codes == {}

    run_on_virtual_clock(scenario())


def test_a_clear_that_makes_room_goes_on_as_one_that_revokes() -> None:
    """Clause 16.7: the person is shut out while it waits for the disk."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            door = FakeProvider(Profile.MASKING)
            _lock, ann = await with_a_new_pin_to_write(engine, door)
            with disk_that(no_space):
                door.connect()
                await asyncio.sleep(20)
                assert door.counts.clears == 0
                engine.set_enabled(ann, False)
                await asyncio.sleep(5)
                assert door.codes == {}

    run_on_virtual_clock(scenario())
