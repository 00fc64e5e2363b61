"""What happens when, at a door that locks itself."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    TimerReason,
)
from tests.harness.autolock.fake_door import (
    MINUTE,
    RULES,
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    autolock_harness,
    minutes,
)
from tests.harness.autolock.scenario import notices, run_at_door
from tests.harness.clock.virtual_clock import run_on_virtual_clock


def test_a_door_that_is_unlocked_is_locked_when_its_time_is_over() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(4.9)
        assert there.door.bolt == "unlocked"
        await minutes(0.2)

    door = run_at_door(scenario)
    assert door.bolt == "locked"
    assert len(door.commands) == 1
    assert notices(door) == [AutolockNoticeType.AUTOLOCKED]


def test_who_locks_by_hand_is_not_followed_by_a_command() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(3)
        there.set_bolt("locked")
        await minutes(60)

    assert run_at_door(scenario).commands == []


def test_a_reported_unlock_restarts_the_timer_and_its_state_does_not() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock_at_keypad()
        await minutes(3)
        there.unlock_at_keypad()
        await minutes(4.9)
        assert there.door.bolt == "unlocked"
        await minutes(0.2)
        assert there.door.bolt == "locked"

    run_at_door(scenario)


def test_a_lock_that_comes_back_keeps_its_old_deadline() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(2)
        there.set_reachable(reachable=False)
        await minutes(1)
        there.set_reachable(reachable=True)
        await minutes(1.9)
        assert there.door.bolt == "unlocked"
        await minutes(0.2)
        assert there.door.bolt == "locked"

    run_at_door(scenario)


def test_an_open_door_is_waited_for_with_one_notice() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(60)
        assert there.door.commands == []
        assert notices(there.door) == [AutolockNoticeType.DOOR_OPEN]
        there.move_leaf("off")
        await minutes(0.1)
        there.move_leaf("on")
        await minutes(10)
        assert there.door.commands == []
        assert notices(there.door) == [AutolockNoticeType.DOOR_OPEN]
        there.move_leaf("off")
        await minutes(0.2)

    door = run_at_door(scenario)
    assert door.bolt == "locked"
    assert sorted(notices(door)[1:]) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.CLEARED,
    ]


def test_a_door_that_is_not_known_to_be_closed_is_waited_for() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.move_leaf("unavailable")
        await minutes(60)
        assert there.door.commands == []
        assert notices(there.door) == [AutolockNoticeType.DOOR_UNKNOWN]
        there.move_leaf("off")
        await minutes(1)

    assert run_at_door(scenario).bolt == "locked"


def test_disabling_autolock_while_a_command_hangs_takes_effect_at_once() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)
        assert len(there.door.commands) == 1
        there.switch(enabled=False)
        await minutes(0.01)
        assert there.guard.entry is None
        await minutes(60)

    door = run_at_door(scenario, FakeDoor(mood=CommandResponse.HANGS))
    assert len(door.commands) == 1


@pytest.mark.parametrize(
    ("mood", "failure"),
    [
        (CommandResponse.RAISES, AutolockFailure.COMMAND_FAILED),
        (CommandResponse.STAYS, AutolockFailure.STILL_UNLOCKED),
        (CommandResponse.JAMS, AutolockFailure.JAMMED),
        (CommandResponse.HANGS, AutolockFailure.COMMAND_FAILED),
    ],
)
def test_a_failure_is_retried_and_noticed_again_when_given_up(
    mood: CommandResponse, failure: AutolockFailure
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(120)
        assert there.guard.entry is not None
        there.door.mood = CommandResponse.WORKS
        there.set_reachable(reachable=False)
        await minutes(10)
        there.set_reachable(reachable=True)
        await minutes(1)

    door = run_at_door(scenario, FakeDoor(mood=mood))
    assert door.published[:2] == [
        AutolockNotice(AutolockNoticeType.FAILED, failure),
        AutolockNotice(AutolockNoticeType.GAVE_UP, failure),
    ]
    assert len(door.commands) == 6
    assert door.bolt == "locked"
    assert sorted(notices(door)[2:]) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.CLEARED,
    ]


def test_a_bolt_that_comes_out_late_on_an_open_door_is_reported() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)
        there.switch(enabled=False)
        there.move_leaf("on")
        await minutes(1)

    door = run_at_door(scenario, FakeDoor(mood=CommandResponse.LATE))
    assert AutolockNoticeType.LOCKED_WHILE_OPEN in notices(door)


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_command_that_goes_on_after_the_end_publishes_nothing(
    is_closed: bool,
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)
        if is_closed:
            await there.guard.async_close()
        await minutes(1)

    door = run_at_door(scenario, FakeDoor(mood=CommandResponse.LATE))
    assert door.bolt == "locked"
    assert notices(door) == ([] if is_closed else [AutolockNoticeType.AUTOLOCKED])


@pytest.mark.parametrize(("after", "is_ours"), [(299, True), (300, False)])
def test_a_bolt_on_an_open_door_is_ours_for_less_than_five_minutes(
    after: float, is_ours: bool
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)
        (sent,) = there.door.commands
        there.move_leaf("on")
        there.hass.loop.call_at(sent.at + after, there.set_bolt, "locked")
        await minutes(6)

    door = run_at_door(scenario, FakeDoor(mood=CommandResponse.STAYS))
    assert (AutolockNoticeType.LOCKED_WHILE_OPEN in notices(door)) is is_ours


def test_locked_when_the_door_closes() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(1)
        there.move_leaf("off")
        await minutes(0.1)
        assert there.door.commands == []
        await minutes(0.1)

    rules = replace(RULES, lock_when_closed=True)
    assert run_at_door(scenario, FakeDoor(rules=rules)).bolt == "locked"


def test_a_door_that_closes_with_as_much_time_left_starts_no_new_timer() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(4)
        there.move_leaf("off")
        await minutes(0.01)
        assert there.guard.entry is not None
        assert there.guard.entry.reason is TimerReason.UNLOCKED

    rules = replace(RULES, lock_when_closed=True, close_delay=MINUTE)
    run_at_door(scenario, FakeDoor(rules=rules))


@pytest.mark.parametrize("orderly", [True, False])
@pytest.mark.parametrize(("away", "locks_after"), [(2, 2), (60, 0)])
def test_a_restart_resumes_what_is_ahead_and_judges_what_is_over(
    orderly: bool, away: float, locks_after: float
) -> None:
    door = FakeDoor()

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.is_cut = not orderly
            there.unlock()
            await minutes(1)
        await minutes(away)
        async with autolock_harness(door, lock_is_there=False) as there:
            await minutes(0.5)
            assert door.commands == []
            there.show_bolt()
            if locks_after:
                await minutes(locks_after - 0.6)
                assert door.commands == []
            await minutes(0.2)
            assert door.bolt == "locked"

    run_on_virtual_clock(scenario())
    assert len(door.commands) == 1


def test_a_door_that_was_unlocked_while_nobody_looked_is_locked_in_time() -> None:
    door = FakeDoor()

    async def scenario() -> None:
        async with autolock_harness(door):
            await minutes(1)
        door.bolt = "unlocked"
        async with autolock_harness(door):
            await minutes(5.1)

    run_on_virtual_clock(scenario())
    assert door.bolt == "locked"


def test_a_lock_that_does_not_come_back_after_a_start_is_reported() -> None:
    door = FakeDoor()

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.unlock()
            await minutes(1)
        async with autolock_harness(door, lock_is_there=False):
            await minutes(30)

    run_on_virtual_clock(scenario())
    assert (
        AutolockNotice(AutolockNoticeType.FAILED, AutolockFailure.MISSING)
        in door.published
    )
    assert door.commands == []


def test_a_disk_that_fails_or_is_slow_keeps_no_door_unlocked() -> None:
    for disk in ({"fails": True}, {"slow": 20.0}):
        door = FakeDoor()
        vars(door.disk).update(disk)

        async def scenario(there: AutolockHarness) -> None:
            there.unlock()
            await minutes(4.9)
            assert there.door.commands == []
            await minutes(0.2)

        assert run_at_door(scenario, door).bolt == "locked"
