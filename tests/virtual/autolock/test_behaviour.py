"""What happens when, at a door that locks itself."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    TimerReason,
)
from tests.virtual.run import run_virtually

from .door import MINUTE, RULES, FrontDoor, Home, Mood, home, minutes
from .story import at_the_door, notices


def test_a_door_that_is_unlocked_is_locked_when_its_time_is_over() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(4.9)
        assert there.door.bolt == "unlocked"
        await minutes(0.2)

    door = at_the_door(story)
    assert door.bolt == "locked"
    assert len(door.commands) == 1
    assert notices(door) == [AutolockNoticeType.AUTOLOCKED]


def test_who_locks_by_hand_is_not_followed_by_a_command() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(3)
        there.set_bolt("locked")
        await minutes(60)

    assert at_the_door(story).commands == []


def test_an_unlock_that_is_reported_starts_the_time_again_and_its_state_does_not() -> (
    None
):
    async def story(there: Home) -> None:
        there.unlock_at_keypad()
        await minutes(3)
        there.unlock_at_keypad()
        await minutes(4.9)
        assert there.door.bolt == "unlocked"
        await minutes(0.2)
        assert there.door.bolt == "locked"

    at_the_door(story)


def test_a_lock_that_comes_back_keeps_its_old_deadline() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(2)
        there.set_reachable(reachable=False)
        await minutes(1)
        there.set_reachable(reachable=True)
        await minutes(1.9)
        assert there.door.bolt == "unlocked"
        await minutes(0.2)
        assert there.door.bolt == "locked"

    at_the_door(story)


def test_an_open_door_is_waited_for_told_once_and_locked_after_it_has_stayed_closed() -> (
    None
):
    async def story(there: Home) -> None:
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

    door = at_the_door(story)
    assert door.bolt == "locked"
    assert sorted(notices(door)[1:]) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.CLEARED,
    ]


def test_a_door_that_is_not_known_to_be_closed_is_waited_for() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        there.move_leaf("unavailable")
        await minutes(60)
        assert there.door.commands == []
        assert notices(there.door) == [AutolockNoticeType.DOOR_UNKNOWN]
        there.move_leaf("off")
        await minutes(1)

    assert at_the_door(story).bolt == "locked"


def test_switched_off_while_a_command_hangs_it_is_off_at_once() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(5.1)
        assert len(there.door.commands) == 1
        there.switch(enabled=False)
        await minutes(0.01)
        assert there.guard.entry is None
        await minutes(60)

    door = at_the_door(story, FrontDoor(mood=Mood.HANGS))
    assert len(door.commands) == 1


@pytest.mark.parametrize(
    ("mood", "failure"),
    [
        (Mood.RAISES, AutolockFailure.COMMAND_FAILED),
        (Mood.STAYS, AutolockFailure.STILL_UNLOCKED),
        (Mood.JAMS, AutolockFailure.JAMMED),
        (Mood.HANGS, AutolockFailure.COMMAND_FAILED),
    ],
)
def test_a_failure_is_told_tried_again_and_told_once_more_when_it_is_given_up(
    mood: Mood, failure: AutolockFailure
) -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(120)
        assert there.guard.entry is not None
        there.door.mood = Mood.WORKS
        there.set_reachable(reachable=False)
        await minutes(10)
        there.set_reachable(reachable=True)
        await minutes(1)

    door = at_the_door(story, FrontDoor(mood=mood))
    assert door.told[:2] == [
        AutolockNotice(AutolockNoticeType.FAILED, failure),
        AutolockNotice(AutolockNoticeType.GAVE_UP, failure),
    ]
    assert len(door.commands) == 6
    assert door.bolt == "locked"
    assert sorted(notices(door)[2:]) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.CLEARED,
    ]


def test_a_bolt_that_comes_out_late_on_an_open_door_is_told() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(5.1)
        there.switch(enabled=False)
        there.move_leaf("on")
        await minutes(1)

    door = at_the_door(story, FrontDoor(mood=Mood.LATE))
    assert AutolockNoticeType.LOCKED_WHILE_OPEN in notices(door)


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_command_that_goes_on_after_the_end_tells_nobody(is_closed: bool) -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(5.1)
        if is_closed:
            await there.guard.async_close()
        await minutes(1)

    door = at_the_door(story, FrontDoor(mood=Mood.LATE))
    assert door.bolt == "locked"
    assert notices(door) == ([] if is_closed else [AutolockNoticeType.AUTOLOCKED])


@pytest.mark.parametrize(("after", "is_ours"), [(299, True), (300, False)])
def test_a_bolt_on_an_open_door_is_ours_for_less_than_five_minutes(
    after: float, is_ours: bool
) -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(5.1)
        (sent,) = there.door.commands
        there.move_leaf("on")
        there.hass.loop.call_at(sent.at + after, there.set_bolt, "locked")
        await minutes(6)

    door = at_the_door(story, FrontDoor(mood=Mood.STAYS))
    assert (AutolockNoticeType.LOCKED_WHILE_OPEN in notices(door)) is is_ours


def test_locked_when_the_door_closes() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(1)
        there.move_leaf("off")
        await minutes(0.1)
        assert there.door.commands == []
        await minutes(0.1)

    rules = replace(RULES, lock_when_closed=True)
    assert at_the_door(story, FrontDoor(rules=rules)).bolt == "locked"


def test_a_door_that_closes_when_as_much_time_is_left_does_not_begin_another_time() -> (
    None
):
    async def story(there: Home) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(4)
        there.move_leaf("off")
        await minutes(0.01)
        assert there.guard.entry is not None
        assert there.guard.entry.reason is TimerReason.UNLOCKED

    rules = replace(RULES, lock_when_closed=True, close_delay=MINUTE)
    at_the_door(story, FrontDoor(rules=rules))


@pytest.mark.parametrize("orderly", [True, False])
@pytest.mark.parametrize(("away", "locks_after"), [(2, 2), (60, 0)])
def test_a_restart_resumes_what_is_ahead_and_judges_what_is_over(
    orderly: bool, away: float, locks_after: float
) -> None:
    door = FrontDoor()

    async def story() -> None:
        async with home(door) as there:
            there.is_cut = not orderly
            there.unlock()
            await minutes(1)
        await minutes(away)
        async with home(door, lock_is_there=False) as there:
            await minutes(0.5)
            assert door.commands == []
            there.show_bolt()
            if locks_after:
                await minutes(locks_after - 0.6)
                assert door.commands == []
            await minutes(0.2)
            assert door.bolt == "locked"

    run_virtually(story())
    assert len(door.commands) == 1


def test_a_door_that_was_unlocked_while_nobody_looked_is_locked_in_time() -> None:
    door = FrontDoor()

    async def story() -> None:
        async with home(door):
            await minutes(1)
        door.bolt = "unlocked"
        async with home(door):
            await minutes(5.1)

    run_virtually(story())
    assert door.bolt == "locked"


def test_a_lock_that_does_not_come_back_after_a_start_is_told() -> None:
    door = FrontDoor()

    async def story() -> None:
        async with home(door) as there:
            there.unlock()
            await minutes(1)
        async with home(door, lock_is_there=False):
            await minutes(30)

    run_virtually(story())
    assert (
        AutolockNotice(AutolockNoticeType.FAILED, AutolockFailure.MISSING) in door.told
    )
    assert door.commands == []


def test_a_disk_that_fails_or_is_slow_keeps_no_door_unlocked() -> None:
    for disk in ({"fails": True}, {"slow": 20.0}):
        door = FrontDoor()
        vars(door.disk).update(disk)

        async def story(there: Home) -> None:
            there.unlock()
            await minutes(4.9)
            assert there.door.commands == []
            await minutes(0.2)

        assert at_the_door(story, door).bolt == "locked"
