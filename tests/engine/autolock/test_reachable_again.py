"""A lock that can be reached again, while its entity never showed that it could not."""

from custom_components.keyholder.model.autolock import AutolockNoticeType
from tests.harness.autolock.fake_door import (
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    autolock_harness,
    minutes,
)
from tests.harness.autolock.scenario import notices, run_at_door
from tests.harness.clock.virtual_clock import run_on_virtual_clock


def test_a_lock_that_was_given_up_is_locked_when_it_answers_again() -> None:
    """A dead Z-Wave node stays `unlocked`: nothing brought it back after the bound."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(60)
        assert notices(there.door) == [
            AutolockNoticeType.FAILED,
            AutolockNoticeType.GAVE_UP,
        ]
        there.door.mood = CommandResponse.WORKS
        there.guard.async_on_available()
        await minutes(0.1)
        assert there.door.bolt == "locked"
        await minutes(1)
        assert len(there.door.commands) == 6

    run_at_door(scenario, FakeDoor(mood=CommandResponse.RAISES))


def test_a_lock_that_answers_on_and_off_is_no_storm_of_commands() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.05)
        for _ in range(12 * 60):
            await minutes(0.083)
            there.guard.async_on_available()

    commands = run_at_door(scenario, FakeDoor(mood=CommandResponse.RAISES)).commands
    assert len(commands) <= 5 + 12


def test_a_lock_that_answers_before_its_time_is_over_is_left_alone() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.guard.async_on_available()
        there.unlock()
        there.guard.async_on_available()
        await minutes(4.9)
        there.guard.async_on_available()
        await minutes(0.05)
        assert there.door.commands == []
        await minutes(1)
        assert there.door.bolt == "locked"
        there.guard.async_on_available()
        await minutes(60)

    assert len(run_at_door(scenario).commands) == 1


def test_a_lock_that_is_reachable_with_unknown_position_gets_no_command() -> None:
    door = FakeDoor()

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.unlock()
        async with autolock_harness(door, lock_is_there=False) as there:
            await minutes(6)
            # reported once already that it is not there
            commands = len(door.commands)
            there.guard.async_on_available()
            await minutes(1)
            assert len(door.commands) == commands == 0
            there.show_bolt()
            await minutes(1)

    run_on_virtual_clock(scenario())
    assert door.bolt == "locked"
