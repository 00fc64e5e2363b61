"""A lock whose integration shows `locked` before anybody has looked.

Z-Wave JS does so where a lock does not supervise commands, and looks after five seconds.
Such a door was reported to be locked, and got the whole time anew, without end.
"""

from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
)
from tests.harness.autolock.fake_door import (
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    minutes,
)
from tests.harness.autolock.scenario import notices, run_at_door


def test_a_jam_after_it_was_shown_as_locked_is_reported_and_tried_again() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.01)
        there.report_jam()
        await minutes(0.01)
        assert there.door.published[-1] == AutolockNotice(
            AutolockNoticeType.FAILED, AutolockFailure.JAMMED
        )
        await minutes(0.06)
        there.set_bolt("unlocked")
        await minutes(0.3)
        assert there.door.bolt == "locked"
        await minutes(10)
        assert notices(there.door)[-2:] in (
            [AutolockNoticeType.CLEARED, AutolockNoticeType.AUTOLOCKED],
            [AutolockNoticeType.AUTOLOCKED, AutolockNoticeType.CLEARED],
        )

    assert len(run_at_door(scenario).commands) == 2


def test_a_jam_reported_before_the_state_is_locked_is_no_success() -> None:
    """The frame was received late: the door was reported to be locked, and stood unlocked."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.01)
        assert there.door.published == [
            AutolockNotice(AutolockNoticeType.FAILED, AutolockFailure.JAMMED)
        ]
        there.set_bolt("unlocked")
        there.door.mood = CommandResponse.WORKS
        await minutes(0.3)
        assert there.door.bolt == "locked"
        await minutes(10)

    door = run_at_door(scenario, FakeDoor(mood=CommandResponse.JAMS_UNSHOWN))
    assert len(door.commands) == 2
    assert sorted(notices(door)[1:]) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.CLEARED,
    ]


def test_a_lock_that_overcomes_its_jam_is_soon_said_to_be_locked() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(6)
        assert there.door.bolt == "locked"

    door = run_at_door(scenario, FakeDoor(mood=CommandResponse.JAMS_UNSHOWN))
    assert len(door.commands) == 1
    assert notices(door) == [AutolockNoticeType.FAILED, AutolockNoticeType.CLEARED]


def test_a_jam_reported_after_the_state_is_unlocked_is_a_jam() -> None:
    """Under ZHA the entity hears of it before anybody else does."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock_at_keypad()
        await minutes(5.01)
        assert there.door.bolt == "locked"
        there.set_bolt("unlocked")
        there.report_jam()
        await minutes(0.01)
        assert there.door.published[-1] == AutolockNotice(
            AutolockNoticeType.FAILED, AutolockFailure.JAMMED
        )
        there.report_jam()
        await minutes(0.4)
        assert there.door.bolt == "locked"

    door = run_at_door(scenario)
    assert notices(door).count(AutolockNoticeType.FAILED) == 1


def test_a_guess_that_does_not_hold_is_a_failed_attempt() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock_at_keypad()
        for _ in range(60 * 60 // 5):
            await minutes(5 / 60)
            if there.door.bolt == "locked":
                there.set_bolt("unlocked")
        assert there.guard.entry is not None
        assert not there.guard.is_running

    door = run_at_door(scenario)
    assert len(door.commands) == 5
    failures = [reported for reported in door.published if reported.failure is not None]
    assert failures[-1] == AutolockNotice(
        AutolockNoticeType.GAVE_UP, AutolockFailure.STILL_UNLOCKED
    )


def test_who_unlocks_right_after_it_has_locked_gets_the_whole_time() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock_at_keypad()
        await minutes(5.05)
        assert there.door.bolt == "locked"
        # a lock reports who it was after its state has changed
        there.unlock()
        await minutes(0.001)
        there.unlock_at_keypad()
        await minutes(4.9)
        assert there.door.bolt == "unlocked"
        await minutes(0.2)
        assert there.door.bolt == "locked"

    door = run_at_door(scenario)
    assert notices(door) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.AUTOLOCKED,
    ]


def test_who_unlocks_a_lock_that_reports_nobody_gets_the_whole_time() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.05)
        there.unlock()
        await minutes(4.9)
        assert there.door.bolt == "unlocked"
        await minutes(0.2)
        assert there.door.bolt == "locked"

    assert notices(run_at_door(scenario)) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.AUTOLOCKED,
    ]


def test_what_has_held_for_a_while_is_an_unlock() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.5)
        there.report_jam()
        there.unlock()
        await minutes(4.9)
        assert there.door.bolt == "unlocked"
        await minutes(1)

    door = run_at_door(scenario)
    assert notices(door) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.AUTOLOCKED,
    ]


def test_a_new_timer_starts_with_nothing_unconfirmed() -> None:
    """A command of the time before that shows its effect late ends the new time."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.05)
        there.unlock_at_keypad()
        await minutes(0.4)
        assert there.door.bolt == "locked"
        there.unlock_at_keypad()
        await minutes(4.5)
        assert there.door.bolt == "unlocked"

    run_at_door(scenario, FakeDoor(mood=CommandResponse.LATE))
